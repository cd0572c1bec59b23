import Bytes
import Options

/// Why a file could not be fetched.
public enum FetchError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The system has no program that fetches.
    case noCurl
    /// Not reached at all: the name is unknown, nobody listens, no trusted connection came about.
    case unreachable(String)
    /// The connection broke, or nothing came for too long.
    case cut(String)
    case status(Int)
    case redirectRefused(String)
    /// A response that says what it may not say.
    case malformed(String)
    case tooLarge(bytes: Int, limit: Int)
    case wrongDigest(path: String, prefix: String, found: String)
    /// Under the file's name lies another one already.
    case otherFilePresent(path: String, prefix: String, found: String)
    case locked(path: String)
    case gaveUp(attempts: Int, last: String)
    case file(path: String, operation: String, reason: String)

    init(_ error: FileError) {
        self = .file(path: error.path, operation: error.operation, reason: error.reason)
    }

    /// Whether the same request may succeed a moment later.
    var isTemporary: Bool {
        switch self {
        case .cut: true
        case .status(let status): [408, 429, 500, 502, 503, 504].contains(status)
        default: false
        }
    }

    /// Whether the network or the server is to blame, so that placing the file by hand helps.
    public var isAboutServer: Bool {
        switch self {
        case .noCurl, .unreachable, .cut, .status, .redirectRefused, .malformed, .gaveUp: true
        case .tooLarge, .wrongDigest, .otherFilePresent, .locked, .file: false
        }
    }

    public var exitStatus: ExitStatus { isAboutServer ? .noNodeReachable : .badData }

    public var description: String {
        switch self {
        case .noCurl: "there is no curl in PATH, which fetches it: install it, or place the file by hand"
        case .unreachable(let reason), .cut(let reason), .malformed(let reason): reason
        case .status(let status): "the server answers with HTTP status \(status)"
        case .redirectRefused(let target):
            "the server redirects to \(target): only https is followed"
        case .tooLarge(let bytes, let limit):
            "the server has \(bytes) bytes there, at most \(limit) are accepted"
        case .wrongDigest(let path, let prefix, let found):
            "\(path): expected a SHA-256 that begins with \(prefix), what came has \(found); it is deleted"
        case .otherFilePresent(let path, let prefix, let found):
            "\(path): is there already with SHA-256 \(found), expected one that begins with \(prefix); "
                + "nothing was overwritten: move it away, or choose another directory with --out"
        case .locked(let path): "\(path): another fetch is writing this file"
        case .gaveUp(let attempts, let last): "gave up after \(attempts) attempts without progress; at last: \(last)"
        case .file(let path, let operation, let reason): "\(path): cannot \(operation): \(reason)"
        }
    }
}
