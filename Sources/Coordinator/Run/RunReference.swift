import Protocol

/// Which arithmetic a run's is, and which files its samples are.
///
/// This machine decides where it can: it has the network and the weights, and mostly the images. Where it cannot, what has
/// counted decides, and before that who is there. A node that came, said something and went binds nobody.
struct RunReference: Sendable {
    enum Numerics: Sendable, Equatable {
        /// This machine is still computing.
        case awaited
        /// Nil where it cannot.
        case known(String?)
    }

    /// The canary's digest, as this machine computes it.
    var own: Numerics
    /// The digest of the node whose result counted first, also in an earlier part of the run.
    var counted: String?
    /// SHA-256 of the samples: the coordinator's own files, "" where it has none.
    let samples: [String]
    /// By sample: digests that nodes gave where the coordinator has no file, with the node's number.
    private var adopted: [Int: (digest: String, node: Int)] = [:]

    init(plan: RunPlan, ledger: Ledger) {
        own = plan.awaitsNumerics ? .awaited : .known(nil)
        samples = plan.sampleDigests
        counted = ledger.countedNumerics
    }

    /// The SHA-256 that a sample's file must have, as far as that is known.
    /// - Parameter isBinding: whether a node is there, or has results that count.
    func sample(_ place: Int, where isBinding: (Int) -> Bool) -> String {
        if !samples[place].isEmpty { return samples[place] }
        guard let found = adopted[place], isBinding(found.node) else { return "" }
        return found.digest
    }

    /// What the coordinator has no copy of, a node's copy stands for.
    mutating func adopt(_ digests: [String], of node: Int, where isBinding: (Int) -> Bool) {
        for (place, digest) in digests.enumerated() where samples.indices.contains(place) && !digest.isEmpty {
            if sample(place, where: isBinding).isEmpty { adopted[place] = (digest, node) }
        }
    }
}
