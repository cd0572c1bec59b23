import Bytes

extension TCPConnection {
    /// What was sent before `close` still goes, also where the handshake is not done.
    func closeInOrder() {
        switch phase {
        case .connecting, .handshake:
            guard shared.isHolding else { return begin(closing: .local) }
            let until = Reactor.now(plus: limits.closingSeconds)
            closingDeadline = until
            deadline = min(deadline, until)
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
            shared.stopSending()
            phase = .flushing(closure)
            onEnding()
            deadline = Reactor.now(plus: limits.closingSeconds)
            flush()
        }
    }

    func linger(_ closure: LinkClosure) {
        Sockets.endStream(socket.number)
        phase = .lingering(closure)
    }

    /// Tells a stranger why it is not served, as far as that fits, and ends at once.
    func dismiss(_ code: Refusal.Code, _ text: String) {
        if case .handshake = phase {
            shared.refuse(code, text)
            flush()
        }
        end(.refused(LinkRefusal(.thisEnd, code, text)))
    }

    func timedOut() {
        switch phase {
        case .connecting:
            // The rest of the time is shared among the addresses; that for closing is not.
            if let closingDeadline, closingDeadline <= deadline { end(.local) } else { attemptTimedOut() }
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
        shared.end()
        if let question = attempts.question { reactor.names.cancel(question) }
        attempts.question = nil
        let tell = onClosed
        (onOpened, onHello, onEnding) = ({}, {}, {})
        (onFrames, onDrained, onClosed) = ({ _ in }, {}, { _ in })
        tell(closure)
    }
}
