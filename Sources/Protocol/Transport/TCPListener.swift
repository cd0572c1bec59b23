import Foundation

/// How many who have not proved anything yet are put up with, and for how long.
public struct StrangerLimits: Sendable, Hashable {
    public var connections: Int
    public var seconds: Double

    public init(connections: Int = 16, seconds: Double = 5) {
        self.connections = connections
        self.seconds = seconds
    }
}

/// Accepts connections of coordinators and probes.
public final class TCPListener<Outgoing: WireMessage, Incoming: WireMessage>: @unchecked Sendable {
    /// Called on the reactor's thread once a connection is authenticated; gives where its events go, of which the first
    /// is `opened`.
    public typealias Accept =
        @Sendable (_ link: TCPLink<Outgoing, Incoming>, _ peer: String) -> @Sendable (LinkEvent<Incoming>) -> Void

    /// The port listened on, also where 0 was asked for.
    public let port: UInt16
    private let reactor: Reactor
    private let sockets: [ListeningSocket]
    private let trust: Trust
    private let limits: StrangerLimits
    private let accept: Accept
    // Used on the reactor's thread only; the oldest first.
    private var strangers: [TCPConnection] = []
    private var isClosed = false

    /// Binds and listens. With an empty host on all addresses, IPv6 and IPv4; with a name on all that it has.
    /// - Throws: `TransportError`, and `LinkClosure` where the name is not known or `--insecure` would be reachable.
    public init(
        address: HostPort, trust: Trust, reactor: Reactor, strangers: StrangerLimits = .init(),
        accept: @escaping Accept
    ) throws {
        self.reactor = reactor
        self.trust = trust
        self.accept = accept
        limits = strangers
        var place = address
        if trust == .insecure {
            if place.host.isEmpty { place.host = "localhost" }
        }
        let addresses = try Sockets.resolve(place, isPassive: true).get()
        if trust == .insecure, let other = addresses.first(where: { !$0.isLoopback }) {
            throw LinkClosure.refused("--insecure listens on loopback only, and \(place.host) is \(other.text)")
        }
        (sockets, port) = try ListeningSocket.open(addresses, place: place)
        for socket in sockets {
            socket.onAccepted = { [weak self] descriptor, peer in
                if let self { welcome(descriptor, peer) } else { Foundation.close(descriptor) }
            }
        }
        reactor.perform { [sockets] in for socket in sockets { reactor.add(socket) } }
    }

    /// No new connections from now on; those that are stay.
    public func close() {
        reactor.perform { [self] in
            guard !isClosed else { return }
            isClosed = true
            for socket in sockets {
                socket.stop()
                reactor.remove(socket)
            }
            for stranger in strangers { stranger.begin(closing: .local) }
            strangers = []
        }
    }

    private func welcome(_ descriptor: Int32, _ peer: String) {
        // When all places are taken the one that has been silent longest goes, not the newcomer: silence must not keep
        // others out. Who has begun to speak is left its time.
        if strangers.count >= limits.connections {
            let silent = strangers.firstIndex { $0.receivedBytes == 0 } ?? 0
            let dropped = strangers.remove(at: silent)
            dropped.refuse(.busy, "too many connections")
        }
        var connectionLimits = TCPConnection.Limits()
        connectionLimits.handshakeSeconds = limits.seconds
        let connection = TCPConnection(reactor: reactor, role: .node, trust: trust, limits: connectionLimits)
        let link = TCPLink<Outgoing, Incoming>(connection: connection)
        strangers.append(connection)
        connection.onOpened = { [weak self, unowned connection, link] in
            guard let self else { return connection.begin(closing: .local) }
            strangers.removeAll { $0 === connection }
            let deliver = accept(link, peer)
            link.listen(deliver)
            deliver(.opened)
        }
        connection.onClosed = { [weak self, unowned connection] _ in self?.strangers.removeAll { $0 === connection } }
        connection.adopt(descriptor)
    }
}

/// A socket that listens on one address.
final class ListeningSocket: ReactorMember, @unchecked Sendable {
    /// A connected descriptor and the other end's address.
    var onAccepted: (Int32, String) -> Void = { _, _ in }
    private var descriptor: Int32
    /// No accepting before: there was no descriptor left.
    private var pauseUntil: UInt64 = 0

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Listens on all addresses, on the same port; at least one must work.
    static func open(_ addresses: [Sockets.Address], place: HostPort) throws(TransportError) -> ([ListeningSocket], UInt16) {
        var found: [ListeningSocket] = []
        var port = place.port
        var failure = TransportError("listen on \(place)", code: EADDRNOTAVAIL)
        for var address in addresses {
            if port != place.port {
                address.bytes[2] = UInt8(port >> 8)
                address.bytes[3] = UInt8(port & 255)
            }
            do throws(TransportError) {
                let socket = try ListeningSocket(address, place: place)
                found.append(socket)
                if port == 0, let name = Sockets.name(socket.descriptor, getsockname) { port = name.port }
            } catch {
                failure = error
                // A host without IPv6 is none the worse; a port that is taken is.
                if error.code == EADDRINUSE || error.code == EACCES { throw error }
            }
        }
        guard !found.isEmpty else { throw failure }
        return (found, port)
    }

    private init(_ address: Sockets.Address, place: HostPort) throws(TransportError) {
        descriptor = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw TransportError("make a socket for \(place)") }
        Sockets.prepare(descriptor)
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        if address.family == AF_INET6 {
            // IPv4 has a socket of its own.
            setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        let bound = address.withPointer { bind(descriptor, $0, $1) }
        guard bound == 0, listen(descriptor, 128) == 0 else {
            let error = TransportError("listen on \(place)")
            close(descriptor)
            descriptor = -1
            throw error
        }
    }

    func interest() -> (descriptor: Int32, events: Int16)? {
        descriptor >= 0 && Reactor.now() >= pauseUntil ? (descriptor, Int16(POLLIN)) : nil
    }

    var deadline: UInt64 { pauseUntil == 0 ? .max : pauseUntil }
    func timedOut(_ now: UInt64) { pauseUntil = 0 }

    func ready(_ events: Int16) {
        for _ in 0..<64 {
            let accepted = Foundation.accept(descriptor, nil, nil)
            if accepted < 0 {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EAGAIN, EWOULDBLOCK: return
                default:
                    // No descriptor is left: trying again at once would only burn time.
                    pauseUntil = Reactor.now() + 100_000_000
                    return
                }
            }
            let peer = Sockets.name(accepted, getpeername)
            onAccepted(accepted, peer.map { HostPort(host: $0.address.text, port: $0.port).description } ?? "?")
        }
    }

    func stop() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        onAccepted = { _, _ in }
    }
}
