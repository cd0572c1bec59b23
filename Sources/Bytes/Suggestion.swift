/// The name that somebody may have meant.
public enum Suggestion {
    /// The one of `names` that differs least from `word`: in capitals and underscores only, by an end that is missing or
    /// too much, or by a few letters (one in three at the most). Nil where none is near.
    public static func nearest(to word: String, among names: some Sequence<String>) -> String? {
        let wanted = plain(word)
        guard (shortest...longest).contains(wanted.utf8.count) else { return nil }
        var best: (distance: Int, name: String)?
        for name in names where name.utf8.count <= longest {
            let other = plain(name)
            let isBeginning =
                min(wanted.utf8.count, other.utf8.count) >= 3 && (other.hasPrefix(wanted) || wanted.hasPrefix(other))
            let distance = editDistance(Array(wanted.utf8), Array(other.utf8))
            guard isBeginning || distance <= max(1, wanted.utf8.count / 3) else { continue }
            if best == nil || distance < best!.distance { best = (distance, name) }
        }
        return best?.name
    }

    /// `; did you mean NAME?`, or nothing.
    public static func question(
        for word: String, among names: some Sequence<String>, prefix: String = ""
    ) -> String {
        nearest(to: word, among: names).map { "; did you mean \(prefix)\($0)?" } ?? ""
    }

    /// Everything is near to a word of two letters, and a longer text is no mistyped name.
    private static let shortest = 3
    private static let longest = 64

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
