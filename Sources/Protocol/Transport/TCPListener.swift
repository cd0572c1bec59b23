import Foundation

/// Accepts connections of coordinators and probes.
public final class TCPListener<Outgoing: WireMessage, Incoming: WireMessage>: @unchecked Sendable {
    /// Called on the reactor's thread once a connection is authenticated; gives where its events go, of which the first
    /// is `opened`.
    public typealias Accept =
        @Sendable (_ link: TCPLink<Outgoing, Incoming>, _ peer: String) -> @Sendable (LinkEvent<Incoming>) -> Void

    /// As it was given; empty for all of this host's addresses.
    public let host: String
    /// The port listened on, also where 0 was asked for.
    public let port: UInt16
    private let reactor: Reactor
    private let sockets: [ListeningSocket]
    private let strangers: Strangers

    /// Binds and listens; `onRefused` hears on the reactor's thread of those who are not let in. With an empty host on all addresses, IPv6 and IPv4, or on loopback where there is no key; with
    /// a name on all that it has. Looks the name up, which may take a while.
    /// - Throws: `TransportError`; `LinkClosure` where the name is not known, `LinkRefusal` where `--insecure` would be reachable.
    public init(
        address: HostPort, trust: Trust, reactor: Reactor, strangers limits: StrangerLimits = .init(),
        onRefused: @escaping @Sendable (_ peer: String, _ reason: String) -> Void = { _, _ in },
        accept: @escaping Accept
    ) throws {
        self.reactor = reactor
        var place = address
        if trust == .insecure, place.host.isEmpty { place.host = "localhost" }
        let addresses = try SocketAddress.all(of: place, isPassive: true).get()
        if trust == .insecure, let other = addresses.first(where: { !$0.isLoopback }) {
            let what = place.host == other.host ? "none" : other.host
            throw LinkRefusal(
                .ownOptions, .insecure,
                "--insecure listens on loopback only, and \(place.host) is \(what); give both ends a key")
        }
        sockets = try ListeningSocket.all(on: addresses, place: place, reactor: reactor)
        host = place.host
        port = sockets[0].address.port
        strangers = Strangers(limit: limits.connections)
        var connectionLimits = TCPConnection.Limits()
        connectionLimits.handshakeSeconds = limits.seconds
        connectionLimits.closingSeconds = min(connectionLimits.closingSeconds, limits.seconds)
        for socket in sockets {
            socket.onAccepted = { [strangers, reactor, connectionLimits] descriptor, peer in
                let connection = TCPConnection(reactor: reactor, role: .node, trust: trust, limits: connectionLimits)
                TCPListener.welcome(connection, peer, strangers, onRefused, accept)
                connection.adopt(descriptor)
            }
        }
        reactor.perform { [sockets] in for socket in sockets { reactor.add(socket) } }
    }

    deinit { close() }

    /// No new connections from now on; those that are authenticated stay.
    public func close() {
        reactor.perform { [sockets, strangers] in
            for socket in sockets { socket.stop() }
            strangers.dismissAll()
        }
    }

    private static func welcome(
        _ connection: TCPConnection, _ peer: String, _ strangers: Strangers,
        _ onRefused: @escaping @Sendable (String, String) -> Void, _ accept: @escaping Accept
    ) {
        strangers.add(connection)
        let link = TCPLink<Outgoing, Incoming>(connection: connection)
        // `link` holds the connection and this the link, until the connection's end.
        connection.onOpened = { [unowned connection] in
            strangers.remove(connection)
            let deliver = accept(link, peer)
            link.listen(deliver)
            deliver(.opened)
        }
        connection.onClosed = { [unowned connection] closure in
            strangers.remove(connection)
            // Of a connection that was opened, the link hears.
            if case .refused(let refusal) = closure { onRefused(peer, refusal.text) }
        }
    }
}
