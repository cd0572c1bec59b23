extension StringProtocol {
    /// The text as part of one line: what ends a line, commands a terminal, cannot be seen or changes the direction of what
    /// follows is written out, a newline as `\n`, the others as `\u{202E}`.
    ///
    /// Whatever came from outside, such as a node's name or reason, a file's name or a field of it, goes through here on its
    /// way to people: it could look like a line of the program's own otherwise.
    public var onOneLine: String {
        guard unicodeScalars.contains(where: \.isHidden) else { return String(self) }
        var line = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\n": line += "\\n"
            case "\r": line += "\\r"
            case "\t": line += "\\t"
            case _ where scalar.isHidden:
                line += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line
    }
}

extension Unicode.Scalar {
    /// Whether it ends a line, commands a terminal, cannot be seen or changes the direction of what follows.
    package var isHidden: Bool {
        if (0x20...0x7e).contains(value) { return false }
        return switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: true
        default: false
        }
    }
}
