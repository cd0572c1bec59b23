/// Texts of a help, filled into lines.
enum HelpLayout {
    /// What a terminal has at the least.
    static let width = 80
    /// Where the text beside a name begins.
    private static let column = 28

    /// Paragraphs, which a blank line parts, each filled into lines anew.
    static func paragraphs(_ text: String) -> [String] {
        Array(
            self.texts(text).map { fill($0.split(separator: " ").map(String.init), indent: 0) }.joined(separator: [""]))
    }

    /// The paragraphs of a text, without the line breaks that only the source has.
    static func texts(_ text: String) -> [String] {
        var found: [String] = []
        var isOpen = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                isOpen = false
            } else if isOpen {
                found[found.count - 1] += " " + line
            } else {
                found.append(String(line))
                isOpen = true
            }
        }
        return found
    }

    /// A name and, from a column on, its text. `end` is cut only where it has no room on a line.
    static func entry(_ name: String, _ text: String, end: String = "") -> [String] {
        let head = "  " + name
        let last = end.count <= width - column ? [end] : end.split(separator: " ").map(String.init)
        let words = text.split(separator: " ").map(String.init) + (end.isEmpty ? [] : last)
        let lines = fill(words, indent: column)
        guard head.count + 2 <= column, let first = lines.first else { return [head] + lines }
        return [head + String(first.dropFirst(head.count))] + lines.dropFirst()
    }

    /// One line of usage; what does not fit stands below the arguments.
    static func usage(_ text: String, isFirst: Bool) -> [String] {
        let words = text.split(separator: " ").map(String.init)
        let lines = fill(arguments(words), indent: 7)
        guard isFirst, let first = lines.first else { return lines }
        return ["usage: " + first.dropFirst(7)] + lines.dropFirst().map { "  " + $0 }
    }

    /// `--name VALUE` is not cut.
    private static func arguments(_ words: [String]) -> [String] {
        var found: [String] = []
        for word in words {
            if let last = found.last, last.hasPrefix("--") || last.hasPrefix("[--"), !last.contains(" "),
                !word.hasPrefix("-"), !word.hasPrefix("[")
            {
                found[found.count - 1] += " " + word
            } else {
                found.append(word)
            }
        }
        return found
    }

    private static func fill(_ words: [String], indent: Int) -> [String] {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        for word in words {
            if let last = lines.last, last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(margin + word)
            }
        }
        return lines
    }
}
