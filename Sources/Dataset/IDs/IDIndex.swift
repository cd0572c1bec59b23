/// Finds the image that a list means: by its id, by its path without the extension, by its stem.
struct IDIndex {
    private let ids: PackedStrings
    private let index: PackedIndex
    /// Of the ids with folders: the place by the path without its extension.
    private let paths: [String: Int]
    /// Of the ids with folders: two that share this stem.
    private let shared: [String: (String, String)]

    init(_ ids: PackedStrings) {
        self.ids = ids
        index = PackedIndex(ids, order: ids.ascendingOrder())
        var paths: [String: Int] = [:]
        var stems: [String: String] = [:]
        var shared: [String: (String, String)] = [:]
        let hasFolders = (0..<ids.count).contains { ids[$0].utf8.contains(UInt8(ascii: "/")) }
        for place in 0..<(hasFolders ? ids.count : 0) {
            let id = ids[place]
            guard id.utf8.contains(UInt8(ascii: "/")) || FieldText.withoutExtension(id[...]) != id[...] else {
                continue
            }
            paths[String(FieldText.withoutExtension(id[...]))] = place
            guard let stem = FieldText.id(id[...]) else { continue }
            if let first = stems[stem] { shared[stem] = shared[stem] ?? (first, id) } else { stems[stem] = id }
        }
        (self.paths, self.shared) = (paths, shared)
    }

    /// Nil for an image that is not there, or of which it is not clear which one is meant. Looks first at `near`.
    func place(of text: Substring, near: Int = 0) -> Int? {
        let called = FieldText.called(text)
        if paths.isEmpty { return FieldText.id(called).flatMap { index.place(of: $0, near: max(0, near)) } }
        if let place = index.place(of: String(called), near: max(0, near)) { return place }
        if let place = paths[String(FieldText.withoutExtension(called))] { return place }
        return FieldText.id(called).flatMap { index.place(of: $0) }
    }

    /// What was expected in the place of a text that names none; `known` is what it should be of.
    func expectation(_ text: Substring, _ known: String) -> String {
        guard let (first, second) = FieldText.id(FieldText.called(text)).flatMap({ shared[$0] }) else { return known }
        return "\(known); this could be \(first) or \(second)"
    }
}
