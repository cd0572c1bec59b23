import Bytes

/// Text on a terminal: names and reasons come over the network, and must neither command the terminal nor break the
/// columns.
public enum TerminalText {
    /// Every scalar that is not one column wide, visible and written from left to right becomes "?": control
    /// characters, wide, combining and invisible ones, and scripts that a terminal reorders.
    public static func sanitized(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { result.append(isPlain(scalar) ? scalar : "?") }
        return String(result)
    }

    /// Sanitized and at most `width` columns wide; what is cut off shows as "...".
    public static func clipped(_ text: some StringProtocol, width: Int) -> String {
        // No more than can be shown is looked at, however long the text is.
        let clean = sanitized(String(String.UnicodeScalarView(text.unicodeScalars.prefix(max(0, width) + 1))))
        guard clean.unicodeScalars.count > width else { return clean }
        guard width > 3 else { return String(repeating: ".", count: max(0, width)) }
        return String(String.UnicodeScalarView(clean.unicodeScalars.prefix(width - 3))) + "..."
    }

    /// Sanitized and at most `width` columns wide; "..." stands in the middle of what is too long, so that both ends can be
    /// read: names of nodes often begin alike and end in a number.
    public static func elided(_ text: some StringProtocol, width: Int) -> String {
        let clean = Array(sanitized(text).unicodeScalars)
        guard clean.count > width, width > 6 else { return clipped(text, width: width) }
        let head = (width - 3) / 2
        let tail = width - 3 - head
        return String(String.UnicodeScalarView(clean.prefix(head))) + "..."
            + String(String.UnicodeScalarView(clean.suffix(tail)))
    }

    /// The parts behind one another, with `separator` between them, on as few lines as hold them: none is broken, and one
    /// that is wider than a line is clipped.
    public static func joined(_ parts: [String], separator: String = ", ", width: Int) -> [String] {
        var lines: [String] = []
        for part in parts.map(sanitized) {
            let longer = (lines.last ?? "") + separator + part
            // The separator may begin the space behind it on the next line.
            if !lines.isEmpty, longer.unicodeScalars.count <= width {
                lines[lines.count - 1] = longer
            } else {
                lines.append(part)
            }
        }
        return lines.map { clipped($0, width: width) }
    }

    /// Clipped and filled with spaces to exactly `width` columns.
    public static func column(_ text: some StringProtocol, width: Int, rightAligned: Bool = false) -> String {
        let clean = clipped(text, width: width)
        let space = String(repeating: " ", count: max(0, width - clean.unicodeScalars.count))
        return rightAligned ? space + clean : clean + space
    }

    /// JSON that can go to a terminal: what cannot be seen there, and JSON may hold as it is, becomes escapes. In valid JSON
    /// without space around its values that stands only inside strings, so the value stays the same.
    package static func escapingControls(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: \.isHidden) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            guard scalar.isHidden else {
                result.unicodeScalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result
    }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7e: return true
        case 0xa1...0x58f:  // Latin, Greek, Cyrillic, Armenian
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .spacingMark, .format, .unassigned: return false
            default: return true
            }
        default: return false
        }
    }
}
