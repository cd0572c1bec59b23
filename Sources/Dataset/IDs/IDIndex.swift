/// Finds the image that a list means: by its id, by its path without the extension, by a path of which one is the other's end
/// (as image files are found), by its stem.
struct IDIndex {
    private let ids: PackedStrings
    private let index: PackedIndex
    /// Of the ids with folders: the place by the path without its extension.
    private let paths: [String: Int]
    /// Of the ids with folders: the places by the last folder and the stem, "0/0".
    private let ends: [String: [Int]]
    /// Of the ids with folders: two that share this stem.
    private let shared: [String: (String, String)]

    init(_ ids: PackedStrings) {
        self.ids = ids
        index = PackedIndex(ids, order: ids.ascendingOrder())
        var paths: [String: Int] = [:]
        var ends: [String: [Int]] = [:]
        var stems: [String: String] = [:]
        var shared: [String: (String, String)] = [:]
        let hasFolders = (0..<ids.count).contains { ids[$0].utf8.contains(UInt8(ascii: "/")) }
        for place in 0..<(hasFolders ? ids.count : 0) {
            let id = ids[place]
            guard id.utf8.contains(UInt8(ascii: "/")) || FieldText.withoutExtension(id[...]) != id[...] else {
                continue
            }
            paths[String(FieldText.withoutExtension(id[...]))] = place
            if let end = Self.end(id[...]) { ends[end, default: []].append(place) }
            guard let stem = FieldText.id(id[...]) else { continue }
            if let first = stems[stem] { shared[stem] = shared[stem] ?? (first, id) } else { stems[stem] = id }
        }
        (self.paths, self.ends, self.shared) = (paths, ends, shared)
    }

    /// Nil for an image that is not there, or of which it is not clear which one is meant. Looks first at `near`.
    func place(of text: Substring, near: Int = 0) -> Int? {
        if paths.isEmpty, let place = guess(text, near: max(0, near)) { return place }
        let called = FieldText.called(text)
        if paths.isEmpty { return FieldText.id(called).flatMap { index.place(of: $0, near: max(0, near)) } }
        if let place = index.place(of: String(called), near: max(0, near)) { return place }
        if let place = paths[String(FieldText.withoutExtension(called))] { return place }
        let fitting = fitting(called)
        if !fitting.isEmpty { return fitting.count == 1 ? fitting[0] : nil }
        return FieldText.id(called).flatMap { index.place(of: $0) }
    }

    /// The place of a text that is the id itself, looked for at `near` and behind it: no folder, no extension.
    private func guess(_ text: Substring, near: Int) -> Int? {
        guard (near...near + 1).contains(where: { ids.has(text, at: $0) }), FieldText.isStem(text) else { return nil }
        return ids.has(text, at: near) ? near : near + 1
    }

    /// What was expected in the place of a text that names none; `known` is what it should be of.
    func expectation(_ text: Substring, _ known: String) -> String {
        let called = FieldText.called(text)
        let fitting = fitting(called)
        if fitting.count > 1 { return "\(known); this could be \(ids[fitting[0]]) or \(ids[fitting[1]])" }
        guard let (first, second) = FieldText.id(called).flatMap({ shared[$0] }) else { return known }
        return "\(known); this could be \(first) or \(second)"
    }

    /// The ids with folders that a path may mean: of the two paths one is the other's end, at least the folder that the file lies
    /// in agrees, and none agrees further.
    private func fitting(_ called: Substring) -> [Int] {
        guard let end = Self.end(called), let places = ends[end] else { return [] }
        let path = FileCatalog<Int>.components(called)
        let depths = places.map { FileCatalog<Int>.common(path, FileCatalog<Int>.components(ids[$0][...])) }
        guard let deepest = depths.max(), deepest > 0 else { return [] }
        return zip(places, depths).filter { $0.1 == deepest }.map(\.0)
    }

    /// The last folder and the stem of a path; nil where it has no folder.
    private static func end(_ path: Substring) -> String? {
        let names = FileCatalog<Int>.components(path)
        return names.count > 1 ? names.suffix(2).joined(separator: "/") : nil
    }
}
