import Bytes
import Protocol

/// What is wrong with a list of nodes.
public enum FleetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A line, from 1, that is no address.
    case entry(file: String, line: Int, problem: String)
    case duplicate(file: String, line: Int, address: HostPort, firstLine: Int)
    case empty(file: String)
    case tooMany(file: String, limit: Int)
    /// A file or a directory that cannot be read; the text names it.
    case unreadable(String)

    public var description: String {
        switch self {
        case .entry(let file, let line, let problem): "\(file):\(line): \(problem)"
        case .duplicate(let file, let line, let address, let firstLine):
            "\(file):\(line): \(address) is already on line \(firstLine); expected each address once"
        case .empty(let file):
            "\(file): holds no address; expected one host or host:port a line, or an announce directory beside it"
        case .tooMany(let file, let limit): "\(file): holds more than \(limit) addresses, the most that are accepted"
        case .unreadable(let text): text
        }
    }
}
