import Bytes

/// The addresses that are still to be tried.
struct ConnectionAttempts {
    var place = HostPort(host: "")
    /// To the resolver, while its answer is awaited.
    var question: NameResolver.Question?
    /// The next one last.
    var addresses: [SocketAddress] = []
    var current: SocketAddress?
    /// When the whole of it must be done.
    var deadline = UInt64.max
    /// Why the address tried first failed: of several it is the one that the system prefers.
    var firstFailure: LinkClosure?
}

extension TCPConnection {
    /// Looks up the name and tries its addresses, one after the other.
    func connect(to place: HostPort, loopbackOnly: Bool) {
        attempts.place = place
        attempts.deadline = Reactor.now(plus: limits.connectSeconds)
        resetDeadline()
        reactor.add(self)
        guard case .connecting = phase else { return }
        if let numeric = SocketAddress.numeric(place) { return tryAll([numeric], loopbackOnly: loopbackOnly) }
        attempts.question = reactor.names.ask(place.host) { [self] found in
            reactor.perform { [self] in
                guard case .connecting = phase else { return }
                attempts.question = nil
                switch found {
                case .failure(.unreachable(let reason)): end(.unreachable("\(place): \(reason)"))
                case .failure(let closure): end(closure)
                case .success(let all): tryAll(all.map { $0.at(port: place.port) }, loopbackOnly: loopbackOnly)
                }
            }
        }
    }

    private func tryAll(_ all: [SocketAddress], loopbackOnly: Bool) {
        if loopbackOnly, let other = all.first(where: { !$0.isLoopback }) {
            return end(
                .refused(
                    LinkRefusal(
                        .ownOptions, .insecure,
                        "--insecure connects to loopback only, and \(attempts.place.host) is \(other.host); "
                            + "give both ends a key")))
        }
        attempts.addresses = all.reversed()
        tryNext()
    }

    private func tryNext() {
        socket.close()
        while let address = attempts.addresses.popLast() {
            attempts.current = address
            do throws(TransportError) {
                socket = try Sockets.make(family: address.family, for: "make a socket")
            } catch {
                note(TransportError.text(error.code))
                continue
            }
            let code = Sockets.connect(socket.number, to: address)
            if code == 0 {
                // An address that does not answer must leave time for those behind it.
                let now = Reactor.now()
                let left = attempts.deadline > now ? attempts.deadline - now : 0
                deadline = min(deadline, now + left / UInt64(attempts.addresses.count + 1))
                return reactor.update(self)
            }
            note(TransportError.text(code))
            socket.close()
        }
        end(attempts.firstFailure ?? .unreachable("\(attempts.place): it has no address"))
    }

    /// The socket stands, or cannot.
    func attemptEnded() {
        let code = Sockets.pendingError(socket.number)
        if code == 0 { return startHandshake() }
        note(TransportError.text(code))
        resetDeadline()
        tryNext()
    }

    func attemptTimedOut() {
        note(attempts.question == nil ? "no answer in time" : "the name could not be looked up in time")
        guard Reactor.now() < attempts.deadline else {
            return end(attempts.firstFailure ?? .unreachable("\(attempts.place)"))
        }
        resetDeadline()
        tryNext()
    }

    private func resetDeadline() { deadline = min(attempts.deadline, closingDeadline ?? .max) }

    private func note(_ problem: String) {
        guard attempts.firstFailure == nil else { return }
        let host = attempts.current?.host
        let address = host.flatMap { $0 == attempts.place.host ? nil : " (\($0))" } ?? ""
        attempts.firstFailure = .unreachable("\(attempts.place)\(address): \(problem)")
    }
}
