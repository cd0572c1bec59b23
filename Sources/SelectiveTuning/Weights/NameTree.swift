/// Names of tensors as a tree: `features.0.weight` is three steps from the root.
struct NameTree {
    struct Node {
        var children: [Substring: Int] = [:]
        /// The whole name where one ends here.
        var name: String?
        let parent: Int
        /// The last step to this node; empty at the root.
        let step: Substring
    }

    private(set) var nodes = [Node(parent: 0, step: "")]

    init(_ names: some Sequence<String>) {
        for name in names {
            var place = 0
            for step in name.split(separator: ".", omittingEmptySubsequences: false) {
                if let next = nodes[place].children[step] {
                    place = next
                } else {
                    nodes.append(Node(parent: place, step: step))
                    nodes[place].children[step] = nodes.count - 1
                    place = nodes.count - 1
                }
            }
            nodes[place].name = name
        }
    }

    /// The steps from the root to a node, joined with dots.
    func path(to node: Int) -> String {
        var steps: [Substring] = []
        var place = node
        while place != 0 {
            steps.append(nodes[place].step)
            place = nodes[place].parent
        }
        return steps.reversed().joined(separator: ".")
    }
}
