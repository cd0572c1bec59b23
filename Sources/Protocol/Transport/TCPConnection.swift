import Bytes

/// What a link does with its socket: bytes in and out, the time limits, the end. Messages are the link's matter.
///
///     connecting -> handshake -> open -> flushing -> lingering -> closed
///
/// Any phase may be left out but the last. Lives on the reactor's thread, but for what is `shared`.
final class TCPConnection: ReactorMember, @unchecked Sendable {
    enum Phase {
        /// Names are looked up, addresses tried.
        case connecting
        case handshake
        case open
        /// Writes what is left, then ends for this reason.
        case flushing(LinkClosure)
        /// All is written and the other end knows that no more comes. A socket that is closed with unread bytes in it
        /// resets the connection, and what was written last may be lost by that: hence this end reads on, and throws
        /// away, until the other has ended its stream too or the time is over.
        case lingering(LinkClosure)
        case closed
    }

    struct Limits: Sendable {
        var connectSeconds = 10.0
        var handshakeSeconds = 5.0
        /// For what is still to be written after `close`, and for the other end's answer to that.
        var closingSeconds = 2.0
        /// More unsent bytes than this mean that the other end does not read any more: what an honest conversation may
        /// queue (`LinkLimits.highWater` and a piece, two leases, a window of artifacts) is not half of it.
        var backlog = 16 << 20
        /// Bytes of what was handed on and is not dealt with, at which nothing more is read.
        var unhandled = Int.max
    }

    let reactor: Reactor
    let limits: Limits
    let shared: SharedChannel
    let window: ReceiveWindow

    // Used on the reactor's thread only.
    var phase = Phase.connecting
    var socket = Descriptor()
    var deadline = UInt64.max
    var attempts = ConnectionAttempts()
    private var hasHeardHello = false
    /// The socket takes nothing more; what the other end said before is still to be read.
    private(set) var writeFailure: Int32?
    /// `close` was called before messages that were sent earlier could go; they have until then.
    var closingDeadline: UInt64?

    /// What the link wants to know; set before the connection starts. Called on the reactor's thread.
    var onOpened: () -> Void = {}
    /// The other end's first frame of the handshake was right.
    var onHello: () -> Void = {}
    /// It will not open any more, and is only seen off.
    var onEnding: () -> Void = {}
    var onFrames: ([ReceivedFrame]) -> Void = { _ in }
    var onDrained: () -> Void = {}
    var onClosed: (LinkClosure) -> Void = { _ in }

    init(reactor: Reactor, role: SecureChannel.Role, trust: Trust, limits: Limits) {
        self.reactor = reactor
        self.limits = limits
        shared = SharedChannel(role: role, trust: trust, limit: limits.backlog)
        window = ReceiveWindow(limit: limits.unhandled)
    }

    // MARK: from any thread

    func send(type: UInt16, isOptional: Bool, payload: [UInt8]) {
        guard shared.send(type: type, isOptional: isOptional, payload: payload) else { return }
        reactor.perform { [self] in flush() }
    }

    func close() {
        if shared.stopSending() { reactor.perform { [self] in closeInOrder() } }
    }

    /// The oldest message that was handed on has been dealt with.
    func handled() {
        if window.handled() { reactor.perform { [self] in reactor.update(self) } }
    }

    // MARK: on the reactor's thread

    /// Takes over a connected socket.
    func adopt(_ connected: consuming Descriptor) {
        socket = connected
        Sockets.prepare(socket.number)
        reactor.add(self)
        if case .connecting = phase { startHandshake() }
    }

    func startHandshake() {
        phase = .handshake
        deadline = closingDeadline ?? Reactor.now(plus: limits.handshakeSeconds)
        shared.beginHandshake()
        flush()
    }

    var interest: (descriptor: Int32, events: Int16)? {
        guard socket.isOpen else { return nil }
        switch phase {
        case .connecting: return (socket.number, Int16(POLLOUT))
        case .handshake, .open:
            // That the connection is broken is heard in any case.
            let reads = window.isFull ? 0 : Int16(POLLIN)
            return (socket.number, reads | (shared.isEmpty ? 0 : Int16(POLLOUT)))
        case .flushing: return (socket.number, Int16(POLLIN) | (shared.isEmpty ? 0 : Int16(POLLOUT)))
        case .lingering: return (socket.number, Int16(POLLIN))
        case .closed: return nil
        }
    }

    func ready(_ events: Int16) {
        if case .connecting = phase { return attemptEnded() }
        if events & Int16(POLLOUT) != 0 { flush() }
        if events & ~Int16(POLLOUT) != 0 { readSome() }
    }

    private func readSome() {
        guard socket.isOpen else { return }
        let result = Sockets.read(socket.number, into: reactor.readBuffer)
        switch phase {
        case .handshake, .open: break
        case .flushing(let closure), .lingering(let closure):
            switch result {
            case .bytes, .wouldBlock: return
            case .end, .failed: return end(closure)
            }
        case .connecting, .closed: return
        }
        switch result {
        case .bytes(let count):
            absorb(UnsafeRawBufferPointer(rebasing: reactor.readBuffer[..<count]))
        case .wouldBlock:
            if let writeFailure { end(.lost(TransportError.text(writeFailure))) }
        case .failed(let code): end(.lost(TransportError.text(code)))
        case .end:
            // The write took the error of a reset with it, and what is left looks like an end in order.
            if let writeFailure, writeFailure != EPIPE { return end(.lost(TransportError.text(writeFailure))) }
            end(shared.receiveEnd())
        }
    }

    private func absorb(_ bytes: UnsafeRawBufferPointer) {
        let (outcome, progress) = shared.receive(bytes, answers: writeFailure == nil)
        if !hasHeardHello, progress != .nothing {
            hasHeardHello = true
            onHello()
        }
        let isEstablished = progress == .established
        if case .handshake = phase, isEstablished {
            phase = .open
            deadline = .max
            reactor.update(self)
            onOpened()
        }
        switch outcome {
        case .success(let frames):
            flush()
            if !frames.isEmpty {
                onFrames(frames)
                reactor.update(self)
            }
            if closingDeadline != nil, isEstablished { begin(closing: .local) }
        case .failure(let error): begin(closing: error.closure)
        }
    }

    /// Writes what the socket takes.
    func flush() {
        switch phase {
        case .connecting, .lingering, .closed: return checkOverflow()
        case .handshake, .open, .flushing: break
        }
        defer { reactor.update(self) }
        let written = shared.write(to: socket.number)
        if case .flushing(let closure) = phase {
            switch written {
            case .failed: end(closure)
            case .some(let isEmpty, _): if isEmpty { linger(closure) }
            }
            return
        }
        checkOverflow()
        switch written {
        case .failed(let code):
            writeFailure = code
            deadline = min(deadline, Reactor.now(plus: limits.closingSeconds))
        case .some(_, let isDrained): if isDrained { onDrained() }
        }
    }

    private func checkOverflow() {
        if shared.hasOverflowed { end(.lost("the other end does not read what it is sent")) }
    }
}
