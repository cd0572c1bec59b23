/// What the classes of a run are called, by index.
public struct ClassNames: Sendable, Hashable {
    private let names: [String]
    private let words: [String]

    /// - Parameters:
    ///   - names: such as synset ids.
    ///   - words: what people call each class; as many as names.
    public init(names: [String], words: [String]) {
        precondition(names.count == words.count, "as many words as names")
        self.names = names
        self.words = words
    }

    /// The class's identifier; an index beyond the names is its own name.
    public func name(_ index: Int) -> String { names.indices.contains(index) ? names[index] : "class \(index)" }

    /// All words of the class.
    public func words(_ index: Int) -> String { words.indices.contains(index) ? words[index] : "class \(index)" }

    /// The first of the class's words, for where there is little room.
    public func shortWords(_ index: Int) -> String {
        let all = words(index)
        return all.split(separator: ",", maxSplits: 1).first.map(String.init) ?? all
    }

    /// What `shortWords` leaves out.
    public func otherWords(_ index: Int) -> String {
        let parts = words(index).split(separator: ",", maxSplits: 1)
        return parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
    }
}
