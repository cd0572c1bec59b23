/// Files of a tree by what annotations may call them.
///
/// An id without folders is a file's stem, in whatever folder it lies. An id with folders is a path: a file's own path below
/// the searched folder, with or without its extension, or one of which the end is the other's whole (`val2/0/0.jpeg` is
/// found as `0/0.jpeg` below `val2`, and as `ILSVRC/val2/0/0.jpeg` above); at least the folder that the file lies in must
/// agree, for the stem alone is several images'.
struct FileCatalog<Place: Sendable>: Sendable {
    /// Paths below the searched folder, in the order in which they were added.
    private(set) var names: [String] = []
    private(set) var places: [Place] = []
    /// The first file of a stem, and the others.
    private var first: [String: Int] = [:]
    private var others: [String: [Int]] = [:]

    var count: Int { names.count }

    mutating func add(_ name: String, at place: Place) {
        guard let stem = FieldText.id(name[...]) else { return }
        let index = names.count
        names.append(name)
        places.append(place)
        if first[stem] == nil { first[stem] = index } else { others[stem, default: []].append(index) }
    }

    /// The places of the files that an id may mean, of which there should be one at the most.
    func candidates(_ id: String) -> [Int] {
        let bare = all(ofStem: id)
        if !bare.isEmpty { return bare }
        guard let stem = FieldText.id(id[...]), stem != id else { return [] }
        let sameStem = all(ofStem: stem)
        if let exact = sameStem.first(where: { names[$0] == id }) { return [exact] }
        let path = Self.components(id[...])
        let lengths = sameStem.map { Self.common(path, Self.components(names[$0][...])) }
        guard let longest = lengths.max(), longest > 0 else { return [] }
        let best = zip(sameStem, lengths).filter { $0.1 == longest }.map(\.0)
        // Among those that agree to the same depth, the one that is this path and nothing more.
        if let whole = best.filter({ Self.components(names[$0][...]) == path }).only { return [whole] }
        return best
    }

    /// A file's stem, or its whole name where others have that stem.
    func shortName(_ file: Int) -> String {
        let name = FieldText.withoutExtension(names[file][...])
        guard let stem = FieldText.id(name), all(ofStem: stem).count == 1 else { return String(name) }
        return stem
    }

    private func all(ofStem stem: String) -> [Int] { first[stem].map { [$0] + (others[stem] ?? []) } ?? [] }

    static func components(_ path: Substring) -> [Substring] {
        FieldText.withoutExtension(path).split(separator: "/")
    }

    /// How many names at the ends of two paths are the same; 0 where neither is the other's end, or where the folder that
    /// the file lies in is not among them.
    static func common(_ one: [Substring], _ other: [Substring]) -> Int {
        let count = zip(one.reversed(), other.reversed()).prefix { $0 == $1 }.count
        guard count == min(one.count, other.count) else { return 0 }
        return count > 1 || one.count == other.count ? count : 0
    }
}

extension Array {
    /// Nil where there is none or more than one.
    fileprivate var only: Element? { count == 1 ? self[0] : nil }
}
