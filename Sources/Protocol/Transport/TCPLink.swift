/// A conversation over a TCP connection, authenticated as its `Trust` says.
public final class TCPLink<Outgoing: WireMessage, Incoming: WireMessage>: Link {
    let connection: TCPConnection

    init(connection: TCPConnection) { self.connection = connection }

    /// Begins to connect and returns at once. `deliver` is called on the reactor's thread; its last event is `closed`.
    /// - Parameters:
    ///   - timeoutSeconds: for the name and all its addresses together.
    ///   - handshakeSeconds: from the connection to `opened`.
    ///   - unhandled: bytes that may wait to be dealt with, for who calls `handled`; `LinkLimits.unhandled` as a rule.
    public static func connect(
        to place: HostPort, trust: Trust, reactor: Reactor, timeoutSeconds: Double = 10, handshakeSeconds: Double = 5,
        unhandled: Int = .max, deliver: @escaping @Sendable (LinkEvent<Incoming>) -> Void
    ) -> TCPLink {
        var limits = TCPConnection.Limits()
        limits.connectSeconds = timeoutSeconds
        limits.unhandled = unhandled
        limits.handshakeSeconds = handshakeSeconds
        let connection = TCPConnection(reactor: reactor, role: .coordinator, trust: trust, limits: limits)
        let link = TCPLink(connection: connection)
        reactor.perform {
            link.listen(deliver)
            connection.connect(to: place, loopbackOnly: trust == .insecure)
        }
        return link
    }

    /// Speaks over a connected socket, which it closes in the end.
    package static func adopt(
        _ descriptor: Int32, role: SecureChannel.Role, trust: Trust, reactor: Reactor, handshakeSeconds: Double = 5,
        unhandled: Int = .max, deliver: @escaping @Sendable (LinkEvent<Incoming>) -> Void
    ) -> TCPLink {
        var limits = TCPConnection.Limits()
        limits.handshakeSeconds = handshakeSeconds
        limits.unhandled = unhandled
        let connection = TCPConnection(reactor: reactor, role: role, trust: trust, limits: limits)
        let link = TCPLink(connection: connection)
        reactor.perform {
            link.listen(deliver)
            connection.adopt(Descriptor(owning: descriptor))
        }
        return link
    }

    /// Hands the connection's events on as messages; on the reactor's thread.
    func listen(_ deliver: @escaping @Sendable (LinkEvent<Incoming>) -> Void) {
        connection.onOpened = { deliver(.opened) }
        (connection.onHello, connection.onEnding) = ({}, {})
        connection.onDrained = { deliver(.drained) }
        connection.onClosed = { deliver(.closed($0)) }
        connection.onFrames = { [unowned connection] frames in
            for frame in frames {
                do throws(ProtocolError) {
                    guard let message = try frame.message(as: Incoming.self) else { continue }
                    // Before it can be dealt with.
                    connection.window.arrived(payload: frame.payload.count)
                    deliver(.message(message))
                } catch {
                    return connection.begin(closing: error.closure)
                }
            }
        }
    }

    public func send(_ message: Outgoing) {
        connection.send(type: message.wireType, isOptional: false, payload: message.wirePayload)
    }

    public var backlog: Int { connection.shared.backlog }
    public func handled() { connection.handled() }
    public func close() { connection.close() }
}
