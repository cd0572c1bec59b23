/// Why a link ended.
public enum LinkClosure: Error, Sendable, Hashable, CustomStringConvertible {
    /// This end closed it.
    case local
    /// The other end closed it in order.
    case remote
    /// The connection broke: reset, timed out, no route.
    case lost(String)
    /// It never came to be: no such host, connection refused.
    case unreachable(String)
    /// The other end, or this one, does not accept the other: wrong key, version, too many connections.
    case refused(LinkRefusal)
    /// What came is nothing that an end with the key has said: altered on its way, or said by something that is not
    /// stnet's. A fault of the transport, as `lost` is.
    case garbled(String)
    /// The other end, which has proved the key, sent what the protocol does not allow.
    case outOfProtocol(String)

    public var description: String {
        switch self {
        case .local: "closed here"
        case .remote: "closed by the other end"
        case .lost(let reason): "the connection was lost: \(reason)"
        case .unreachable(let reason): "cannot connect: \(reason)"
        case .refused(let refusal): "refused: \(refusal)"
        case .garbled(let what): "not understood: \(what)"
        case .outOfProtocol(let what): "out of protocol: \(what)"
        }
    }

    /// When it makes sense to connect to the same place again.
    public enum Retry: Sendable, Hashable {
        /// As after a connection that was lost.
        case soon
        /// Not before a person has changed something at the other end, or what came in its name was not its own.
        case rarely
        /// Not before a person has changed something here.
        case never
    }

    /// What nobody has proved is never final: whoever is on the way, or holds the address for the moment, could have
    /// said it.
    public var retry: Retry {
        switch self {
        case .local, .remote, .lost, .unreachable, .garbled: .soon
        case .refused(let refusal): refusal.retry
        case .outOfProtocol: .rarely
        }
    }
}

/// A handshake that one of the two ends did not go on with. No key has been proved by then, neither by who refuses nor
/// by who is refused.
public struct LinkRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Source: Sendable, Hashable {
        /// The other end said so, or somebody in its place.
        case otherEnd
        /// This end does not accept what the other end showed of itself, or somebody in its place.
        case thisEnd
        /// This end's own options do not allow the connection; nothing of the other end has been looked at.
        case ownOptions
    }

    public var source: Source
    public var code: Refusal.Code
    /// One line of printable ASCII where it comes from the other end.
    public var text: String

    public init(_ source: Source, _ code: Refusal.Code, _ text: String) {
        self.source = source
        self.code = code
        self.text = text
    }

    public var description: String { source == .otherEnd ? "by the other end (\(code.name)): \(text)" : text }

    public var retry: LinkClosure.Retry {
        if source == .ownOptions { return .never }
        return switch code {
        case .busy, .leaving, .outOfProtocol: .soon
        case .key, .version, .insecure: .rarely
        }
    }
}
