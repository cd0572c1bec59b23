import Bytes

/// Whether lines can be drawn over again where standard error goes.
public enum LiveTerminal {
    /// A terminal that can move its cursor: `TERM` says which one it is. `dumb` cannot, and of one without a name nothing is
    /// known.
    public static var isStandardError: Bool {
        isLive(isTerminal: isatty(STDERR_FILENO) == 1, type: Environment.variables["TERM"])
    }

    package static func isLive(isTerminal: Bool, type: String?) -> Bool {
        guard isTerminal, let type, !type.isEmpty else { return false }
        return type != "dumb" && type != "unknown"
    }
}
