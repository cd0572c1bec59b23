import Bytes
import Foundation

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

    /// Clipped and filled with spaces to exactly `width` columns.
    public static func column(_ text: some StringProtocol, width: Int, rightAligned: Bool = false) -> String {
        let clean = clipped(text, width: width)
        let space = String(repeating: " ", count: max(0, width - clean.unicodeScalars.count))
        return rightAligned ? space + clean : clean + space
    }

    /// JSON that can go to a terminal: DEL and the C1 controls, which JSON may hold as they are, become escapes.
    /// In valid JSON they stand only inside strings, so the value stays the same.
    static func escapingControls(_ json: String) -> String {
        guard json.unicodeScalars.contains(where: isLateControl) else { return json }
        var result = ""
        for scalar in json.unicodeScalars {
            if isLateControl(scalar) {
                result += "\\u00" + String(scalar.value, radix: 16)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isLateControl(_ scalar: Unicode.Scalar) -> Bool { (0x7f...0x9f).contains(scalar.value) }

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

/// A terminal's size in characters.
public struct TerminalSize: Sendable, Hashable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// Of the terminal that standard error is; 80 x 24 where that is not known.
    public static var ofStandardError: TerminalSize {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TerminalSize(columns: 80, rows: 24)
        }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
