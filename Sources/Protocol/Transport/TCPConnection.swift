import Foundation

/// What a link does with its socket: bytes in and out, the time limits, the end. Messages are the link's matter.
///
///     connecting -> handshake -> open -> flushing -> lingering -> closed
///
/// Any phase may be left out but the last. Lives on the reactor's thread, but for `shared`.
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
        /// More unsent bytes than this mean that the other end does not read any more.
        var backlog = 64 << 20
    }

    /// What threads that send use too, under the lock.
    private struct Shared {
        var channel: SecureChannel
        var queue = SendQueue()
        /// Bytes of messages that wait in the channel for the end of the handshake.
        var heldBytes = 0
        /// `close` was called, or the connection has ended: nothing more is queued.
        var isOver = false
        var hasOverflowed = false

        var backlog: Int { queue.count + heldBytes }
    }

    let reactor: Reactor
    let limits: Limits
    private let lock = NSLock()
    private var shared: Shared

    // Used on the reactor's thread only.
    var phase = Phase.connecting
    var socket = Descriptor()
    var deadline = UInt64.max
    var attempts = ConnectionAttempts()
    /// Bytes that the other end has sent: silence is told by it.
    private(set) var receivedBytes = 0
    /// The socket takes nothing more; what the other end said before is still to be read.
    private var writeFailure: Int32?
    /// `close` was called before messages that were sent earlier could go; they have until then.
    private var closingDeadline: UInt64?

    /// What the link wants to know; set before the connection starts. Called on the reactor's thread.
    var onOpened: () -> Void = {}
    var onFrames: ([ReceivedFrame]) -> Void = { _ in }
    var onDrained: () -> Void = {}
    var onClosed: (LinkClosure) -> Void = { _ in }

    init(reactor: Reactor, role: SecureChannel.Role, trust: Trust, limits: Limits) {
        self.reactor = reactor
        self.limits = limits
        shared = Shared(channel: SecureChannel(role: role, trust: trust, nonce: SecureChannel.randomNonce()))
    }

    // MARK: from any thread

    /// Numbers, tags and queues a frame.
    func send(type: UInt16, isOptional: Bool, payload: [UInt8]) {
        let wakes = lock.withLock {
            guard !shared.isOver else { return false }
            let wasEmpty = shared.queue.isEmpty
            shared.channel.send(type: type, isOptional: isOptional, payload: payload)
            if shared.channel.isEstablished {
                shared.queue.append(shared.channel.takeOutgoing())
            } else {
                shared.heldBytes += FrameHeader.byteCount + payload.count + FrameHeader.tagBytes
            }
            if shared.backlog > limits.backlog {
                shared.hasOverflowed = true
                shared.isOver = true
                return true
            }
            // Where something lies there already, the reactor waits for the socket to take it.
            return wasEmpty && !shared.queue.isEmpty
        }
        if wakes { reactor.perform { [self] in flush() } }
    }

    var backlog: Int { lock.withLock { shared.backlog } }

    func close() {
        let isFirst = lock.withLock {
            defer { shared.isOver = true }
            return !shared.isOver
        }
        if isFirst { reactor.perform { [self] in closeInOrder() } }
    }

    // MARK: on the reactor's thread

    /// It will not open any more.
    var isLeaving: Bool {
        switch phase {
        case .flushing, .lingering, .closed: true
        case .connecting, .handshake, .open: false
        }
    }

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
        lock.withLock { shared.queue.append(shared.channel.takeOutgoing()) }
        flush()
    }

    var interest: (descriptor: Int32, events: Int16)? {
        guard socket.isOpen else { return nil }
        let writes = lock.withLock { !shared.queue.isEmpty }
        switch phase {
        case .connecting: return (socket.number, Int16(POLLOUT))
        case .handshake, .open, .flushing: return (socket.number, Int16(POLLIN) | (writes ? Int16(POLLOUT) : 0))
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
            receivedBytes += count
            absorb(UnsafeRawBufferPointer(rebasing: reactor.readBuffer[..<count]))
        case .wouldBlock:
            if let writeFailure { end(.lost(TransportError.text(writeFailure))) }
        case .failed(let code): end(.lost(TransportError.text(code)))
        case .end:
            // The write took the error of a reset with it, and what is left looks like an end in order.
            if let writeFailure, writeFailure != EPIPE { return end(.lost(TransportError.text(writeFailure))) }
            let failure = lock.withLock { () -> ProtocolError? in
                do throws(ProtocolError) { try shared.channel.receiveEnd() } catch { return error }
                return nil
            }
            end(failure?.closure ?? .remote)
        }
    }

    private func absorb(_ bytes: UnsafeRawBufferPointer) {
        let (outcome, isEstablished) = lock.withLock { () -> (Result<[ReceivedFrame], ProtocolError>, Bool) in
            let outcome = Result { () throws(ProtocolError) in try shared.channel.receive(bytes) }
            if writeFailure == nil { shared.queue.append(shared.channel.takeOutgoing()) }
            if shared.channel.isEstablished { shared.heldBytes = 0 }
            return (outcome, shared.channel.isEstablished)
        }
        if case .handshake = phase, isEstablished {
            phase = .open
            deadline = .max
            reactor.update(self)
            onOpened()
        }
        switch outcome {
        case .success(let frames):
            flush()
            if !frames.isEmpty { onFrames(frames) }
            if closingDeadline != nil, isEstablished { begin(closing: .local) }
        case .failure(let error): begin(closing: error.closure)
        }
    }

    /// What was sent before `close` still goes, also where the handshake is not done.
    private func closeInOrder() {
        switch phase {
        case .connecting, .handshake:
            guard lock.withLock({ shared.heldBytes > 0 }) else { return begin(closing: .local) }
            closingDeadline = Reactor.now(plus: limits.closingSeconds)
            deadline = min(deadline, closingDeadline ?? .max)
            reactor.update(self)
        case .open: begin(closing: .local)
        case .flushing, .lingering, .closed: break
        }
    }

    /// Ends the conversation once everything that is queued has been written.
    func begin(closing closure: LinkClosure) {
        switch phase {
        case .closed, .flushing, .lingering: return
        case .connecting: end(closure)
        case .handshake, .open:
            lock.withLock { shared.isOver = true }
            phase = .flushing(closure)
            deadline = Reactor.now(plus: limits.closingSeconds)
            flush()
        }
    }

    /// Tells a stranger why it is not served, as far as that fits, and ends at once.
    func dismiss(_ code: Refusal.Code, _ text: String) {
        if case .handshake = phase {
            lock.withLock {
                shared.channel.refuse(code, text)
                shared.queue.append(shared.channel.takeOutgoing())
            }
            flush()
        }
        end(.refused(text))
    }

    /// Writes what the socket takes.
    private func flush() {
        switch phase {
        case .connecting, .lingering, .closed: return checkOverflow()
        case .handshake, .open, .flushing: break
        }
        let (failure, isEmpty, isDrained) = lock.withLock { () -> (Int32?, Bool, Bool) in
            var failure: Int32?
            // Not more at a time than some of the kernel's buffers hold, for the others' sake.
            for _ in 0..<8 where !shared.queue.isEmpty {
                let result = shared.queue.withNext(256 << 10) { Sockets.write(socket.number, $0) }
                if case .failed(let code) = result { failure = code }
                guard case .bytes(let count) = result else { break }
                shared.queue.remove(count)
            }
            if failure != nil {
                shared.queue.removeAll()
                shared.isOver = true
            }
            return (failure, shared.queue.isEmpty, shared.queue.takeDrained())
        }
        defer { reactor.update(self) }
        if case .flushing(let closure) = phase {
            if failure != nil { return end(closure) }
            if isEmpty { linger(closure) }
            return
        }
        if let failure {
            writeFailure = failure
            deadline = min(deadline, Reactor.now(plus: limits.closingSeconds))
            return
        }
        checkOverflow()
        if isDrained { onDrained() }
    }

    private func linger(_ closure: LinkClosure) {
        Sockets.endStream(socket.number)
        phase = .lingering(closure)
    }

    private func checkOverflow() {
        if lock.withLock({ shared.hasOverflowed }) { end(.lost("the other end does not read what it is sent")) }
    }

    func timedOut() {
        switch phase {
        case .connecting where closingDeadline.map { $0 <= deadline } ?? false: end(.local)
        case .connecting: attemptTimedOut()
        case .handshake: end(closingDeadline == nil ? .lost("no handshake in time") : .local)
        case .flushing(let closure), .lingering(let closure): end(closure)
        case .open:
            deadline = .max
            if let writeFailure { end(.lost(TransportError.text(writeFailure))) }
        case .closed: deadline = .max
        }
        reactor.update(self)
    }

    func stop() { end(.local) }

    /// The last thing that happens.
    func end(_ closure: LinkClosure) {
        if case .closed = phase { return }
        phase = .closed
        deadline = .max
        reactor.remove(self)
        socket.close()
        lock.withLock {
            shared.isOver = true
            shared.queue.removeAll()
            shared.heldBytes = 0
        }
        let tell = onClosed
        (onOpened, onFrames, onDrained, onClosed) = ({}, { _ in }, {}, { _ in })
        tell(closure)
    }
}
