/// What the programs' exit statuses mean; part of the command line's contract.
public enum ExitStatus: Int32, Sendable {
    case valid = 0
    /// Invalid, incomplete or interrupted.
    case invalid = 1
    /// A command line that cannot be followed.
    case usage = 64
    /// Input that cannot be used: boxes, weights, a network's description.
    case badData = 65
}
