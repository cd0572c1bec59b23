/// A file operation that failed: which file, which operation, and why.
public struct FileError: Error, CustomStringConvertible, Sendable {
    public let path: String
    public let operation: String
    public let reason: String
    /// The system's number for the reason, where it was the system that refused.
    public let code: Int32?

    public init(path: String, operation: String, reason: String) {
        self.path = path
        self.operation = operation
        self.reason = reason
        code = nil
    }

    public init(path: String, operation: String, code: Int32) {
        self.path = path
        self.operation = operation
        reason = String(cString: strerror(code))
        self.code = code
    }

    /// The same of the file for which this one was a makeshift.
    public func of(_ path: String) -> FileError { FileError(path, operation, reason, code) }

    private init(_ path: String, _ operation: String, _ reason: String, _ code: Int32?) {
        (self.path, self.operation, self.reason, self.code) = (path, operation, reason, code)
    }

    /// Whether there is simply no such file. Anything else, such as a lack of descriptors or a disk that fails, says nothing
    /// about whether it is there.
    public var isMissing: Bool { code == ENOENT || code == ENOTDIR }

    public var description: String { "\(path): cannot \(operation): \(reason)" }
}
