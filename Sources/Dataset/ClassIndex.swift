/// The order of the network's outputs: which class each index stands for.
public struct ClassIndex: Sendable, Hashable {
    private let names: [String]
    private let words: [String]?
    private let indices: [String: Int]
    /// What the names are, for messages.
    private(set) var kind = "class names"
    /// Added to an error about a class that is none of these: how others are given.
    public var advice = ""

    /// - Parameters:
    ///   - names: the class names (synset ids) by index, all different.
    ///   - words: what people call each of them, by index.
    public init(names: [String], words: [String]? = nil) {
        precondition(words.map { $0.count == names.count } ?? true, "as many words as names")
        self.names = names
        self.words = words
        // Those of a benchmark that has words for its ids.
        if words != nil { kind = "synset ids" }
        indices = Dictionary(zip(names, names.indices)) { _, _ in preconditionFailure("a class name stands twice") }
    }

    /// Of classes that have no names: "0", "1", ... stand for them.
    public static func numbered(_ count: Int) -> ClassIndex { ClassIndex(names: (0..<count).map(String.init)) }

    public var count: Int { names.count }

    /// The index of a class by its synset id, nil for an unknown one.
    public func index(of synset: String) -> Int? { indices[synset] }

    /// The synset id; `index` must be in 0 ..< count.
    public func name(_ index: Int) -> String { names[index] }

    /// The class's words, or its name where it has none.
    public func words(_ index: Int) -> String { words?[index] ?? names[index] }
}
