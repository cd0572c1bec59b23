extension StringProtocol {
    /// The text on lines of at most `width` columns, broken at spaces; lines but the first begin with `indent`. A word that
    /// is wider, such as a path, stands whole on a line of its own: what is copied from a terminal must be one piece. A "%"
    /// stays with its number.
    public func wrapped(width: Int, indent: String = "") -> [String] {
        var lines: [String] = []
        // Spaces that begin the text belong to it.
        var line = String(prefix { $0 == " " })
        var isEmpty = true
        var words: [String] = []
        for word in split(separator: " ") {
            if word.hasPrefix("%"), !words.isEmpty {
                words[words.count - 1] += " " + word
            } else {
                words.append(String(word))
            }
        }
        for word in words {
            let longer = isEmpty ? line + word : line + " " + word
            if isEmpty || longer.unicodeScalars.count <= width {
                line = longer
            } else {
                lines.append(line)
                line = indent + word
            }
            isEmpty = false
        }
        return lines + [line]
    }
}
