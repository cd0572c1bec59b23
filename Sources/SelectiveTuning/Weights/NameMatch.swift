/// One way to find a network's tensors among a file's names: all of them lie under one node of the file's tree, and on
/// the way to them single steps may lie that the network does not have.
///
/// What training scripts put around a network is of these two kinds: what stands before all names (a dict's key, the
/// attribute of the module that holds the network, `module.` of DataParallel), and a wrapper around a part of it
/// (`features.module.0`, `features._orig_mod.0`). A wrapper is told by its having the wrapped part and nothing else:
/// what has other tensors beside it changes the part's outputs, as adapters do.
struct NameMatch {
    /// The node of the file's tree that stands for the network; 0 is the root.
    let place: Int
    /// The network's names and the file's.
    private(set) var names: [String: String] = [:]
    /// Steps left out inside of names, each with what stands before it in the network's names ("features").
    private(set) var wrappers: [(behind: String, step: String)] = []

    /// As many names as are found from `place` on; none where the first steps are others.
    init(_ needed: NameTree, in file: NameTree, at place: Int) {
        self.place = place
        var pending = [(needed: 0, found: place)]
        while let next = pending.popLast() {
            let wanted = next.needed
            var found = next.found
            let steps = needed.nodes[wanted].children
            // At the root, the steps in between are other places.
            while wanted != 0, !steps.isEmpty, let only = file.nodes[found].children.first,
                file.nodes[found].children.count == 1, file.nodes[only.value].name == nil,
                file.nodes[found].name == nil, steps[only.key] == nil
            {
                wrappers.append((needed.path(to: wanted), String(only.key)))
                found = only.value
            }
            if let name = needed.nodes[wanted].name, let stored = file.nodes[found].name { names[name] = stored }
            for (step, child) in steps {
                if let next = file.nodes[found].children[step] { pending.append((child, next)) }
            }
        }
        wrappers.sort { ($0.behind, $0.step) < ($1.behind, $1.step) }
    }

    /// Whether the file's names are the network's as they stand.
    var isPlain: Bool { place == 0 && wrappers.isEmpty }
}
