/// What the programs' exit statuses mean; part of the command line's contract. Those from 64 on are those of
/// `sysexits.h`.
public enum ExitStatus: Int32, Sendable, CaseIterable {
    /// Every image was evaluated and the result is valid.
    case valid = 0
    /// Invalid, incomplete or interrupted.
    case invalid = 1
    /// The run began, but too few nodes are left to finish it; the journal allows to resume.
    case tooFewNodes = 2
    /// A command line that cannot be followed.
    case usage = 64
    /// Input that cannot be used: boxes, weights, a network's description, a hosts file, a journal of another run; or
    /// a file that cannot be written.
    case badData = 65
    /// Not one of the nodes could be reached, or not the server that has the weights; or the system has no sockets left.
    case noNodeReachable = 69
    /// Every node that was reached refused, or was refused: wrong key, version, data or numerics.
    case refused = 77
}
