import Bytes

/// A socket that listens on one address.
final class ListeningSocket: ReactorMember, @unchecked Sendable {
    /// How long nothing is accepted after there was no descriptor left: the connection that waits stays ready, and
    /// trying again at once would only burn time.
    private static let pauseSeconds = 0.1

    private static let silenceSeconds = 60.0

    /// Gets a connected socket and the other end's address, nil where it has gone again.
    var onAccepted: (consuming Descriptor, SocketAddress?) -> Void = { _, _ in }
    /// Nothing can be accepted, for this reason; called once a minute at the most.
    var onTrouble: (String) -> Void = { _ in }
    private var quietUntil: UInt64 = 0
    let address: SocketAddress
    private let reactor: Reactor
    private var socket: Descriptor
    private(set) var deadline = UInt64.max

    private init(_ wanted: SocketAddress, reactor: Reactor) throws(TransportError) {
        self.reactor = reactor
        socket = try Sockets.make(family: wanted.family, for: "make a socket for \(wanted.description)")
        let number = socket.number
        // A node that is started anew must not wait for connections of its predecessor to be forgotten.
        Sockets.turnOn(SO_REUSEADDR, at: SOL_SOCKET, number)
        // IPv4 has a socket of its own.
        if wanted.family == AF_INET6 { Sockets.turnOn(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6), number) }
        guard wanted.withPointer({ bind(number, $0, $1) }) == 0, listen(number, 1024) == 0 else {
            throw TransportError("listen on \(wanted.description)")
        }
        address = SocketAddress.local(of: number) ?? wanted
    }

    /// Listens on all addresses, on the same port; at least one must work.
    static func all(
        on addresses: [SocketAddress], place: HostPort, reactor: Reactor
    ) throws(TransportError) -> [ListeningSocket] {
        // A port that the system chose for one family may be taken in the other: then it chooses another one.
        var attempts = place.port == 0 ? 20 : 1
        while true {
            attempts -= 1
            do throws(TransportError) { return try once(on: addresses, place: place, reactor: reactor) } catch {
                guard attempts > 0, error.code == EADDRINUSE else { throw error }
            }
        }
    }

    private static func once(
        on addresses: [SocketAddress], place: HostPort, reactor: Reactor
    ) throws(TransportError) -> [ListeningSocket] {
        var found: [ListeningSocket] = []
        var failure = TransportError("listen on \(place)", code: EADDRNOTAVAIL)
        for var address in addresses {
            if let first = found.first { address.port = first.address.port }
            do throws(TransportError) {
                found.append(try ListeningSocket(address, reactor: reactor))
            } catch {
                // A host without IPv6 is none the worse; a port that is taken or not allowed is.
                if error.code == EADDRINUSE || error.code == EACCES { throw error }
                failure = error
            }
        }
        guard !found.isEmpty else { throw failure }
        return found
    }

    var interest: (descriptor: Int32, events: Int16)? {
        socket.isOpen && deadline == .max ? (socket.number, Int16(POLLIN)) : nil
    }

    func timedOut() {
        deadline = .max
        reactor.update(self)
    }

    func ready(_ events: Int16) {
        for _ in 0..<64 where socket.isOpen {
            switch Sockets.accept(socket.number) {
            case .done(let number):
                let connected = Descriptor(owning: Int32(number))
                let peer = SocketAddress.peer(of: connected.number)
                onAccepted(connected, peer)
            case .failed(EAGAIN), .failed(EWOULDBLOCK): return
            // Whoever it was has gone again.
            case .failed(ECONNABORTED), .failed(EPROTO): continue
            case .failed(let code):
                deadline = Reactor.now(plus: ListeningSocket.pauseSeconds)
                if Reactor.now() >= quietUntil {
                    quietUntil = Reactor.now(plus: ListeningSocket.silenceSeconds)
                    onTrouble("\(address.description): \(TransportError.text(code))")
                }
                return reactor.update(self)
            }
        }
    }

    func stop() {
        reactor.remove(self)
        socket.close()
        (onAccepted, onTrouble) = ({ _, _ in }, { _ in })
    }
}
