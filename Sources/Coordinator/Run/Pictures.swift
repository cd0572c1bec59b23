import Jobs
import Protocol

/// Whose picture of an image lies on the disk, from the moment on at which it is there until the result that it was made
/// with is known to be the one that counts. A node sends an image's files before its result, and two nodes may have one
/// image: then the file that was written last may be of the one whose result does not count, or never comes.
struct Pictures: Sendable {
    struct Place: Sendable, Hashable {
        var image: Int
        var kind: ArtifactKind

        init(image: Int, kind: ArtifactKind) { (self.image, self.kind) = (image, kind) }
        init(_ artifact: Artifact) { self.init(image: Int(artifact.index), kind: artifact.kind) }
    }

    struct Maker: Sendable, Hashable {
        /// The schedule's number, and the lease in which the result is to come.
        var node: Int
        var lease: UInt64
        /// The result has come, and another one counts or none does yet.
        var isHeard = false
    }

    private struct Writing: Sendable, Hashable {
        var place: Place
        var session: Int
    }

    /// On their way to the disk, in order: a node may have an image in two leases.
    private var writing: [Writing: [Maker]] = [:]
    private var makers: [Place: Maker] = [:]

    mutating func begin(_ place: Place, by node: Int, lease: UInt64, session: Int) {
        writing[Writing(place: place, session: session), default: []].append(Maker(node: node, lease: lease))
    }

    /// It lies under its name, and what lay there before does not.
    mutating func stored(_ place: Place, session: Int) {
        let key = Writing(place: place, session: session)
        guard let first = writing[key]?.removeFirst() else { return }
        if writing[key]!.isEmpty { writing[key] = nil }
        makers[place] = first
    }

    /// The node's result of the image is the one that counts: so is its picture.
    mutating func agreed(image: Int, node: Int) {
        for place in places(of: image) where makers[place]!.node == node { makers[place] = nil }
    }

    /// The node's result of the image is another one than that which counts.
    mutating func differed(image: Int, node: Int) {
        for place in places(of: image) where makers[place]!.node == node { makers[place]!.isHeard = true }
    }

    mutating func forget(image: Int) { for place in places(of: image) { makers[place] = nil } }

    func makers(of image: Int) -> [Maker] { places(of: image).map { makers[$0]! } }

    /// Images with a picture whose result has not come, in order.
    func unheard(where isSo: (Int, Maker) -> Bool = { _, _ in true }) -> [Int] {
        guard !makers.isEmpty else { return [] }
        return Set(makers.filter { !$0.value.isHeard && isSo($0.key.image, $0.value) }.keys.map(\.image)).sorted()
    }

    private func places(of image: Int) -> [Place] {
        guard !makers.isEmpty else { return [] }
        return ArtifactKind.allCases.map { Place(image: image, kind: $0) }.filter { makers[$0] != nil }
    }
}
