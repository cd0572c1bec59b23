/// Results of one image that are not the same bits, and which of them counts.
///
/// Each node has one voice a result, by its name: a node that was started again is the same one. The dispute is settled
/// where one of the results has the voices of two nodes or more, and more than any other: that one counts. Until then, and
/// where a later result undoes the majority, what counted goes on to count.
struct Dispute: Sendable {
    struct Variant: Sendable {
        var place: ResultPlace
        /// The numbers of the nodes that sent it, the first one first.
        var nodes: [UInt32]
    }

    /// In the order in which they came, the image's first result first.
    private(set) var variants: [Variant]
    /// The variant that counts.
    private(set) var counted = 0
    private(set) var isSettled = false

    /// `nodes` sent the result that counts so far.
    init(_ place: ResultPlace, nodes: [UInt32]) { variants = [Variant(place: place, nodes: nodes)] }

    /// A node's result: the same bits as those of `variant`, or a new variant at `place` for nil.
    mutating func add(_ node: UInt32, variant: Int?, place: ResultPlace, name: (UInt32) -> String?) {
        if let variant {
            if !variants[variant].nodes.contains(node) { variants[variant].nodes.append(node) }
        } else {
            variants.append(Variant(place: place, nodes: [node]))
        }
        let voices = variants.map { Set($0.nodes.compactMap(name)).count }
        let most = voices.max() ?? 0
        isSettled = most > 1 && voices.count { $0 == most } == 1
        if isSettled, let leader = voices.firstIndex(of: most) { counted = leader }
    }

    /// The nodes whose result is not the one that counts; empty until it is settled.
    var odd: [UInt32] {
        guard isSettled else { return [] }
        return variants.indices.filter { $0 != counted }.flatMap { variants[$0].nodes }
    }

    /// Every node that evaluated the image.
    var nodes: [UInt32] { variants.flatMap(\.nodes) }
}
