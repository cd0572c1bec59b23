/// What can stand in a place of a command line, as far as that is known beforehand.
public struct ValueCandidates: Sendable, Hashable {
    public enum Paths: Sendable { case files, directories }

    /// "RUN_DIR", "stnet|cam", "NAME|FILE.json": for people.
    public var placeholder: String
    public var words: [String]
    public var paths: Paths?

    /// Reads them from the placeholder: lower-case words stand for themselves, `FILE`, `FILE.csv` and `PATH` for files,
    /// `DIR` and `RUN` for directories, anything else for what cannot be known. `known` are words that the placeholder does
    /// not list.
    public init(_ placeholder: String, known: [String] = []) {
        self.placeholder = placeholder
        words = known
        for part in placeholder.split(separator: "|") where !part.contains("...") && !part.contains("[") {
            switch part {
            case "PATH", "FILE": paths = .files
            case "DIR", "RUN_DIR", "RUN_A": paths = .directories
            case _ where part.hasPrefix("FILE."): paths = .files
            case _ where part.lowercased() == part && !words.contains(String(part)): words.append(String(part))
            default: break
            }
        }
    }

    /// Whether nothing is known.
    public var isEmpty: Bool { words.isEmpty && paths == nil }
}
