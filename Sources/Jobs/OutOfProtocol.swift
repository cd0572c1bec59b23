/// What the other end may not send.
public struct OutOfProtocol: Error, CustomStringConvertible, Sendable, Equatable {
    public let description: String
    public init(_ description: String) { self.description = description }
}
