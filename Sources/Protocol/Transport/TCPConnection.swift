import Foundation

/// What a link does with its socket: bytes in and out, the handshake's time, the end. Messages are the link's matter.
///
/// Lives on the reactor's thread, but for `channel` and what waits to be written, which sending threads use too, under
/// the lock.
final class TCPConnection: ReactorMember, @unchecked Sendable {
    enum Phase {
        /// Names are looked up, addresses tried.
        case connecting
        case handshake
        case open
        /// Writes what is left, then ends for this reason.
        case flushing(LinkClosure)
        case closed
    }

    struct Limits: Sendable {
        var connectSeconds = 10.0
        var handshakeSeconds = 5.0
        /// For what is still to be written after `close`.
        var flushSeconds = 2.0
        /// More unsent bytes than this mean that the other end does not read any more.
        var backlog = 64 << 20
    }

    let reactor: Reactor
    private let limits: Limits
    private let lock = NSLock()
    private var channel: SecureChannel
    private var outgoing: [UInt8] = []
    private var sent = 0
    private var wasAboveHighWater = false
    private var overflowed = false

    // Used on the reactor's thread only.
    private(set) var phase = Phase.connecting
    private var descriptor: Int32 = -1
    private var addresses: [Sockets.Address] = []
    private var lastFailure = LinkClosure.unreachable("no address")
    private(set) var deadline = UInt64.max
    private var readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Sockets.readSize, alignment: 16)
    /// Bytes of the other end while it is a stranger.
    private(set) var receivedBytes = 0

    /// What the link wants to know; set before the connection starts. Called on the reactor's thread.
    var onOpened: () -> Void = {}
    var onFrames: ([ReceivedFrame]) -> Void = { _ in }
    var onDrained: () -> Void = {}
    var onClosed: (LinkClosure) -> Void = { _ in }

    init(reactor: Reactor, role: SecureChannel.Role, trust: Trust, limits: Limits) {
        self.reactor = reactor
        self.limits = limits
        channel = SecureChannel(role: role, trust: trust, nonce: SecureChannel.randomNonce())
    }

    deinit { readBuffer.deallocate() }

    // MARK: from any thread

    func send(type: UInt16, isOptional: Bool, payload: [UInt8]) {
        let wakes = lock.withLock {
            let wasEmpty = outgoing.count == sent
            channel.send(type: type, isOptional: isOptional, payload: payload)
            outgoing += channel.takeOutgoing()
            if outgoing.count - sent > LinkLimits.highWater { wasAboveHighWater = true }
            if outgoing.count - sent > limits.backlog { overflowed = true }
            return wasEmpty && outgoing.count > sent || overflowed
        }
        if wakes { reactor.perform { [self] in flush() } }
    }

    var backlog: Int { lock.withLock { outgoing.count - sent } }

    func close() { reactor.perform { [self] in begin(closing: .local) } }

    // MARK: on the reactor's thread

    /// Looks up the name and tries its addresses, one after the other.
    func connect(to place: HostPort, loopbackOnly: Bool) {
        reactor.add(self)
        deadline = Reactor.now() + UInt64(limits.connectSeconds * 1e9)
        DispatchQueue.global().async { [self] in
            let found = Sockets.resolve(place, isPassive: false)
            reactor.perform { [self] in
                guard case .connecting = phase else { return }
                switch found {
                case .failure(let closure): end(closure)
                case .success(let all):
                    addresses = loopbackOnly ? all.filter(\.isLoopback) : all
                    if addresses.isEmpty, loopbackOnly {
                        lastFailure = .refused("--insecure is for loopback only, and \(place.host) is not")
                    }
                    tryNextAddress()
                }
            }
        }
    }

    /// Takes over a connected socket.
    func adopt(_ connected: Int32) {
        reactor.add(self)
        descriptor = connected
        Sockets.prepare(connected)
        startHandshake()
    }

    private func tryNextAddress() {
        while !addresses.isEmpty {
            let address = addresses.removeFirst()
            let opened = socket(address.family, Int32(SOCK_STREAM.rawValue), 0)
            guard opened >= 0 else {
                lastFailure = .unreachable("\(address.text): \(TransportError.text(errno))")
                continue
            }
            Sockets.prepare(opened)
            let code = address.withPointer { Foundation.connect(opened, $0, $1) } == 0 ? 0 : errno
            if code == 0 || code == EINPROGRESS || code == EINTR {
                descriptor = opened
                lastFailure = .unreachable("\(address.text): \(TransportError.text(ETIMEDOUT))")
                return
            }
            lastFailure = .unreachable("\(address.text): \(TransportError.text(code))")
            Foundation.close(opened)
        }
        end(lastFailure)
    }

    private func startHandshake() {
        phase = .handshake
        deadline = Reactor.now() + UInt64(limits.handshakeSeconds * 1e9)
        lock.withLock { outgoing += channel.takeOutgoing() }
        flush()
    }

    func interest() -> (descriptor: Int32, events: Int16)? {
        guard descriptor >= 0 else { return nil }
        switch phase {
        case .connecting: return (descriptor, Int16(POLLOUT))
        case .handshake, .open: return (descriptor, Int16(POLLIN) | (backlog > 0 ? Int16(POLLOUT) : 0))
        case .flushing: return (descriptor, Int16(POLLOUT))
        case .closed: return nil
        }
    }

    func ready(_ events: Int16) {
        if case .connecting = phase {
            let code = Sockets.pendingError(descriptor)
            if code == 0 { return startHandshake() }
            lastFailure = .unreachable(TransportError.text(code))
            Foundation.close(descriptor)
            descriptor = -1
            return tryNextAddress()
        }
        if events & Int16(POLLOUT) != 0 { flush() }
        if events & ~Int16(POLLOUT) != 0 { readSome() }
    }

    private func readSome() {
        switch phase {
        case .handshake, .open: break
        case .connecting, .flushing, .closed: return
        }
        switch Sockets.read(descriptor, into: readBuffer) {
        case .wouldBlock: return
        case .failed(let code): end(.lost(TransportError.text(code)))
        case .end:
            let outcome = lock.withLock { Result { () throws(ProtocolError) in try channel.receiveEnd() } }
            switch outcome {
            case .success: end(.remote)
            case .failure(let error): end(error.closure)
            }
        case .bytes(let count):
            receivedBytes += count
            absorb(UnsafeRawBufferPointer(rebasing: readBuffer[..<count]))
        }
    }

    private func absorb(_ bytes: UnsafeRawBufferPointer) {
        let (outcome, isEstablished) = lock.withLock {
            let outcome = Result { () throws(ProtocolError) in try channel.receive(bytes) }
            outgoing += channel.takeOutgoing()
            return (outcome, channel.isEstablished)
        }
        if case .handshake = phase, isEstablished {
            phase = .open
            deadline = .max
            onOpened()
        }
        switch outcome {
        case .success(let frames):
            flush()
            if !frames.isEmpty { onFrames(frames) }
        case .failure(let error): begin(closing: error.closure)
        }
    }

    /// Ends the conversation once everything that is queued has been written.
    func begin(closing closure: LinkClosure) {
        switch phase {
        case .closed, .flushing: return
        case .connecting: end(closure)
        case .handshake, .open:
            phase = .flushing(closure)
            deadline = Reactor.now() + UInt64(limits.flushSeconds * 1e9)
            flush()
        }
    }

    /// Tells a stranger why it is not served.
    func refuse(_ code: Refusal.Code, _ text: String) {
        lock.withLock {
            channel.refuse(code, text)
            outgoing += channel.takeOutgoing()
        }
        begin(closing: .refused(text))
    }

    private func flush() {
        guard descriptor >= 0 else { return }
        if case .connecting = phase { return }
        let (result, isDrained, isTooMuch) = lock.withLock { () -> (Sockets.Read, Bool, Bool) in
            var result = Sockets.Read.bytes(0)
            while sent < outgoing.count {
                result = outgoing.withUnsafeBytes {
                    Sockets.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...].prefix(1 << 20)))
                }
                guard case .bytes(let count) = result else { break }
                sent += count
            }
            if sent == outgoing.count {
                outgoing.removeAll(keepingCapacity: outgoing.capacity <= 1 << 21)
                sent = 0
            } else if sent > 1 << 20 {
                outgoing.removeFirst(sent)
                sent = 0
            }
            let isDrained = wasAboveHighWater && outgoing.count - sent < LinkLimits.lowWater
            if isDrained { wasAboveHighWater = false }
            return (result, isDrained, overflowed)
        }
        if case .failed(let code) = result {
            if case .flushing(let closure) = phase { return end(closure) }
            // What the other end said before it went, such as why it refuses us, lies there to be read.
            if case .handshake = phase, receivedBytes == 0 { return readSome() }
            return end(.lost(TransportError.text(code)))
        }
        if isTooMuch { return end(.lost("the other end does not read what it is sent")) }
        if case .flushing(let closure) = phase, backlog == 0 { return end(closure) }
        if isDrained { onDrained() }
    }

    func timedOut(_ now: UInt64) {
        switch phase {
        case .connecting: end(lastFailure == .unreachable("no address") ? .unreachable("no answer in time") : lastFailure)
        case .handshake: end(.lost("no handshake in time"))
        case .flushing(let closure): end(closure)
        case .open, .closed: deadline = .max
        }
    }

    func stop() { end(.local) }

    func end(_ closure: LinkClosure) {
        if case .closed = phase { return }
        phase = .closed
        deadline = .max
        if descriptor >= 0 { Foundation.close(descriptor) }
        descriptor = -1
        reactor.remove(self)
        onClosed(closure)
        (onOpened, onFrames, onDrained, onClosed) = ({}, { _ in }, {}, { _ in })
    }
}
