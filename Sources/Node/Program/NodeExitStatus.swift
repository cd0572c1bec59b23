/// What `stnet-node`'s exit statuses mean; part of the command line's contract.
public enum NodeExitStatus: Int32, Sendable, CaseIterable {
    /// Drained in order; a probe: healthy.
    case success = 0
    /// A probe: the node answers, but it is leaving, or its device does not come back from a job that is over.
    case unhealthy = 1
    /// A command line that cannot be followed.
    case usage = 64
    /// A data root that cannot be used.
    case badData = 65
    /// No such device, the address cannot be listened on, too little memory or too few files are allowed; a probe: nobody
    /// answers.
    case unavailable = 69
    /// The device failed while it was used, or did not come back from a job for ten minutes. Another process may be able
    /// to use it again.
    case deviceFailed = 70
    /// A key that cannot be used, or that the other end does not accept.
    case refused = 77
}

/// An error of the program with the status that it ends with.
package struct ProgramError: Error, CustomStringConvertible {
    package let status: NodeExitStatus
    package let description: String

    init(_ status: NodeExitStatus, _ description: String) {
        self.status = status
        self.description = description
    }
}
