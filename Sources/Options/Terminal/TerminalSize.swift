import Bytes

/// A terminal's size in characters.
public struct TerminalSize: Sendable, Hashable {
    public var columns: Int
    public var rows: Int

    public init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// Where there is no terminal, or it does not say how large it is.
    public static let usual = TerminalSize(columns: 80, rows: 24)

    /// Of the terminal that standard error is; `usual` where that is not known.
    public static var ofStandardError: TerminalSize { of(STDERR_FILENO) }

    /// Of the terminal that standard output is; `usual` where that is not known.
    public static var ofStandardOutput: TerminalSize { of(STDOUT_FILENO) }

    private static func of(_ descriptor: Int32) -> TerminalSize {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return usual }
        return TerminalSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }
}
