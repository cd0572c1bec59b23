import Bytes

/// A system call that failed, with what it was for.
public struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Such as "listen on [::]:7000".
    public let operation: String
    public let code: Int32

    init(_ operation: String, code: Int32 = errno) {
        self.operation = operation
        self.code = code
    }

    public var description: String { "cannot \(operation): \(TransportError.text(code))" }

    static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
