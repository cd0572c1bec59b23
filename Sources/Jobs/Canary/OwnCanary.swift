import Bytes
import SelectiveTuning

/// The coordinator's own canary: what its nodes' must be equal to in precision `exact`. It is computed on the CPU, on a thread
/// of its own, while the nodes prepare; its memory is free again when it is known.
public struct OwnCanary: Sendable {
    private let network: Network
    private let weights: WeightFile
    private let options: JobOptions
    private let threads: Int

    /// `threads` of the CPU, beside the one that waits for them.
    public init(network: Network, weights: WeightFile, options: JobOptions, threads: Int) {
        self.network = network
        self.weights = weights
        self.options = options
        self.threads = threads
    }

    /// Computes it now. Throws what is wrong with network, weights or memory; also where the machine has too little memory
    /// left: other programs would pay for it.
    public func digest() throws -> String { try digest(within: .withMachine()) }

    package func digest(within limits: MemoryLimits) throws -> String {
        let bytes = try CPUBackend.leastBytes(network)
        guard bytes + Double(limits.reserve) <= Double(limits.free) else {
            throw NetworkError.outOfMemory(
                bytes: Int(min(bytes, Double(Int.max / 2))),
                purpose: "the canary's pictures: \(limits.name) leaves \(limits.free)")
        }
        defer { weights.releasePages() }
        // One picture at a time: the least memory, and the products of each layer use all threads even so.
        let backend = try CPUBackend(
            network: network, source: weights, pool: try ThreadPool(threads: threads), batch: 1,
            precision: options.precision)
        return try Canary.digest(of: backend, options: options)
    }
}
