/// The name that somebody may have meant.
public enum Suggestion {
    /// Those of `names` that are nearest to `word`: the same but for capitals and underscores, else one letter off, else
    /// what begins or ends as it does (`batch-size` for `batch`, `num-threads` for `threads`, `ann` for two), else a few
    /// letters off. None where none is near, or too many.
    public static func nearest(to word: String, among names: some Sequence<String>) -> [String] {
        let wanted = plain(word)
        guard (shortest...longest).contains(wanted.utf8.count) else { return [] }
        var best: (rank: Int, names: [String]) = (Int.max, [])
        for name in names where name.utf8.count <= longest {
            guard let rank = rank(wanted, plain(name)), rank <= best.rank else { continue }
            best = (rank, (rank < best.rank ? [] : best.names) + [name])
        }
        return best.names.count <= most ? best.names : []
    }

    /// `; did you mean NAME?`, `; did you mean NAME or OTHER?`, or nothing.
    public static func question(
        for word: String, among names: some Sequence<String>, prefix: String = ""
    ) -> String {
        let found = nearest(to: word, among: names).map { prefix + $0 }
        guard let last = found.last else { return "" }
        let others = found.dropLast().joined(separator: ", ")
        return "; did you mean \(others.isEmpty ? "" : others + " or ")\(last)?"
    }

    /// How far a name is from a word; nil where it is not near.
    private static func rank(_ word: String, _ name: String) -> Int? {
        let distance = editDistance(Array(word.utf8), Array(name.utf8))
        if distance <= 1 { return distance }
        // Of several names within the word, the longest is meant.
        if name.hasPrefix(word) || name.hasSuffix("-" + word) { return 2 }
        if name.utf8.count >= shortest, word.hasPrefix(name) || word.hasSuffix("-" + name) {
            return 3 + longest - name.utf8.count
        }
        // Two letters of three or four would make another word of any.
        guard distance == 2, max(word.utf8.count, name.utf8.count) >= 6 else { return nil }
        return 4 + longest
    }

    /// Everything is near to a word of two letters, and a longer text is no mistyped name.
    private static let shortest = 3
    private static let longest = 64
    /// More are no help.
    private static let most = 3

    private static func plain(_ name: String) -> String {
        String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    }
}

/// Insertions, deletions and substitutions that turn one text into the other (Levenshtein 1966), and neighbours that
/// changed places (Damerau 1964), each letter at most once.
package func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
        var row = [i + 1] + last.dropFirst()
        for j in b.indices {
            row[j + 1] = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { row[j + 1] = min(row[j + 1], before[j - 1] + 1) }
        }
        (before, last) = (last, row)
    }
    return last[b.count]
}
