import Bytes

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
    private let entrance: Entrance

    /// Binds and listens; `report` hears on the reactor's thread of those who are not let in. With an empty host on all
    /// addresses, IPv6 and IPv4, or on loopback where there is no key; with a name on all that it has. Looks the name up,
    /// which may take a while.
    /// - Parameter unhandled: bytes that may wait to be dealt with on each link, for who calls `Link.handled`.
    /// - Throws: `TransportError`; `LinkClosure` where the name is not known, `LinkRefusal` where `--insecure` would be reachable.
    public init(
        address: HostPort, trust: Trust, reactor: Reactor, strangers limits: StrangerLimits = .init(),
        unhandled: Int = .max, report: @escaping @Sendable (ListenerReport) -> Void = { _ in }, accept: @escaping Accept
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
        entrance = Entrance(trust: trust, reactor: reactor, limits: limits, unhandled: unhandled, report: report)
        for socket in sockets {
            socket.onAccepted = { [entrance] in entrance.welcome($0, from: $1, accept) }
            socket.onTrouble = { report(.cannotAccept(reason: $0)) }
        }
        reactor.perform { [sockets] in for socket in sockets { reactor.add(socket) } }
    }

    deinit { close() }

    /// No new connections from now on; those that are authenticated stay.
    public func close() {
        reactor.perform { [sockets, entrance] in
            for socket in sockets { socket.stop() }
            entrance.dismissAll()
        }
    }

    /// Who connects from now on must prove one of these keys; connections that stand are left alone.
    public func use(_ trust: Trust) {
        precondition(trust != .insecure, "a key is replaced by a key")
        reactor.perform { [entrance] in entrance.trust = trust }
    }
}

/// What a listener has to say about those whom it does not serve.
public enum ListenerReport: Sendable, Hashable {
    /// A handshake that failed; `peer` is the other end's address.
    case notLetIn(peer: String, reason: String)
    /// There is no descriptor or memory for another connection; said once a minute at the most. It goes on trying.
    case cannotAccept(reason: String)
}

/// The way from an accepted socket to a link whose other end has proved the key. On the reactor's thread only.
private final class Entrance: @unchecked Sendable {
    var trust: Trust
    private let reactor: Reactor
    private let report: @Sendable (ListenerReport) -> Void
    private var limits = TCPConnection.Limits()
    private var strangers: Strangers<ObjectIdentifier>
    private var connections: [ObjectIdentifier: TCPConnection] = [:]

    init(
        trust: Trust, reactor: Reactor, limits: StrangerLimits, unhandled: Int,
        report: @escaping @Sendable (ListenerReport) -> Void
    ) {
        self.trust = trust
        self.reactor = reactor
        self.report = report
        self.limits.handshakeSeconds = limits.seconds
        self.limits.unhandled = unhandled
        self.limits.closingSeconds = min(self.limits.closingSeconds, limits.seconds)
        strangers = Strangers(
            limit: limits.connections, youthNanoseconds: UInt64(max(0, limits.youthSeconds) * 1e9))
    }

    func welcome<Outgoing, Incoming>(
        _ descriptor: consuming Descriptor, from address: SocketAddress?,
        _ accept: @escaping TCPListener<Outgoing, Incoming>.Accept
    ) {
        let connection = TCPConnection(reactor: reactor, role: .node, trust: trust, limits: limits)
        let id = ObjectIdentifier(connection)
        let peer = address?.description ?? "?"
        let link = TCPLink<Outgoing, Incoming>(connection: connection)
        // `link` holds the connection and this the link, until the connection's end.
        connection.onOpened = { [self] in
            remove(id)
            let deliver = accept(link, peer)
            link.listen(deliver)
            deliver(.opened)
        }
        connection.onHello = { [self] in strangers.spoke(id) }
        connection.onEnding = { [self] in strangers.isLeaving(id) }
        // Of a connection that was opened, the link hears.
        connection.onClosed = { [self] closure in
            remove(id)
            if let reason = Entrance.reason(closure) { report(.notLetIn(peer: peer, reason: reason)) }
        }
        connections[id] = connection
        let leaver = strangers.add(id, from: SourceAddress(address), at: Reactor.now())
        connection.adopt(descriptor)
        if let leaver, let leaving = connections[leaver] {
            leaving.dismiss(.busy, "too many connections that have not proved anything")
        }
    }

    func dismissAll() {
        for connection in strangers.all.compactMap({ connections[$0] }) {
            connection.dismiss(.leaving, "this end is shutting down")
        }
    }

    private func remove(_ id: ObjectIdentifier) {
        strangers.remove(id)
        connections[id] = nil
    }

    /// For people; nil where it was this end that was going.
    private static func reason(_ closure: LinkClosure) -> String? {
        switch closure {
        case .local: nil
        case .refused(let refusal): refusal.code == .leaving && refusal.source == .thisEnd ? nil : refusal.description
        case .remote, .lost, .unreachable, .garbled, .outOfProtocol: closure.description
        }
    }
}
