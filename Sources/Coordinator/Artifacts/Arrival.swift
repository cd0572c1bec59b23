/// The files that a node sent of one image in one lease, until its result says whether they are those that count.
struct Arrival: Sendable, Hashable {
    var session: Int
    var lease: UInt64
    /// Place in the manifest.
    var image: Int
}
