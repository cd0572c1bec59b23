import Protocol
import Testing

/// Two ends whose bytes pass through the test's hands. A value: a copy goes on by itself.
struct Conversation {
    var coordinator: SecureChannel
    var node: SecureChannel

    static let coordinatorNonce: [UInt8] = Array(0x40..<0x60)
    static let nodeNonce: [UInt8] = Array(0x80..<0xa0)

    static func key(_ first: UInt8 = 0) -> Trust {
        guard let key = try? SharedKey((0..<32).map { first &+ $0 }) else { preconditionFailure("32 bytes are a key") }
        return .key(key)
    }

    init(
        coordinator coordinatorTrust: Trust = key(), node nodeTrust: Trust = key(),
        coordinatorVersions: ClosedRange<UInt16> = SecureChannel.supportedVersions,
        nodeVersions: ClosedRange<UInt16> = SecureChannel.supportedVersions
    ) {
        coordinator = SecureChannel(
            role: .coordinator, trust: coordinatorTrust, nonce: Conversation.coordinatorNonce,
            versions: coordinatorVersions)
        node = SecureChannel(
            role: .node, trust: nodeTrust, nonce: Conversation.nodeNonce, versions: nodeVersions)
    }

    /// With the handshake done.
    static func established() throws -> Conversation {
        var conversation = Conversation()
        _ = try conversation.handshake()
        try #require(conversation.coordinator.isEstablished && conversation.node.isEstablished)
        return conversation
    }

    /// The four flights of the handshake, altered by `change` on their way. Throws what either end throws.
    @discardableResult
    mutating func handshake(_ change: (Int, [UInt8]) -> [UInt8] = { $1 }) throws(ProtocolError) -> [[UInt8]] {
        var flights: [[UInt8]] = []
        for flight in 0..<4 {
            let bytes: [UInt8]
            if flight % 2 == 0 {
                bytes = coordinator.takeOutgoing()
                _ = try node.receive(change(flight, bytes))
            } else {
                bytes = node.takeOutgoing()
                _ = try coordinator.receive(change(flight, bytes))
            }
            flights.append(bytes)
        }
        return flights
    }

    /// The frame of a message, made by the end that says it.
    func frame(_ message: Samples.Message) -> [UInt8] {
        var copy = self
        switch message {
        case .coordinator(let message):
            copy.coordinator.send(message)
            return copy.coordinator.takeOutgoing()
        case .node(let message):
            copy.node.send(message)
            return copy.node.takeOutgoing()
        }
    }

    /// Absorbs bytes at the end that hears the message.
    mutating func receive(_ bytes: [UInt8], like message: Samples.Message) throws(ProtocolError) -> [Samples.Message] {
        switch message {
        case .coordinator: try node.receive(bytes, as: CoordinatorMessage.self).map { .coordinator($0) }
        case .node: try coordinator.receive(bytes, as: NodeMessage.self).map { .node($0) }
        }
    }

    mutating func receiveEnd(like message: Samples.Message) throws(ProtocolError) {
        switch message {
        case .coordinator: try node.receiveEnd()
        case .node: try coordinator.receiveEnd()
        }
    }
}
