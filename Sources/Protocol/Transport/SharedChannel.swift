import Bytes

/// The part of a connection that threads which send share with the reactor: the channel, whose frames are numbered and
/// tagged in the order of the calls, and the bytes that wait for the socket. Each method is one step under the lock.
final class SharedChannel: @unchecked Sendable {
    enum Written {
        /// `isDrained`: see `LinkEvent.drained`.
        case some(isEmpty: Bool, isDrained: Bool)
        case failed(Int32)
    }

    private let lock = Lock()
    private var channel: SecureChannel
    private var queue = SendQueue()
    /// Bytes of messages that wait in the channel for the end of the handshake.
    private var heldBytes = 0
    /// Nothing more is queued.
    private var isOver = false
    private var overflowed = false
    private let limit: Int

    /// `limit`: bytes of backlog after which the connection is given up.
    init(role: SecureChannel.Role, trust: Trust, limit: Int) {
        channel = SecureChannel(role: role, trust: trust, nonce: SecureChannel.randomNonce())
        self.limit = limit
    }

    var backlog: Int { lock.withLock { queue.count + heldBytes } }
    var isEmpty: Bool { lock.withLock { queue.isEmpty } }
    /// Messages wait for the end of the handshake.
    var isHolding: Bool { lock.withLock { heldBytes > 0 } }
    var hasOverflowed: Bool { lock.withLock { overflowed } }

    /// Numbers, tags and queues a frame; true where the reactor must be told.
    func send(type: UInt16, isOptional: Bool, payload: [UInt8]) -> Bool {
        lock.withLock {
            guard !isOver else { return false }
            let wasEmpty = queue.isEmpty
            channel.send(type: type, isOptional: isOptional, payload: payload)
            if channel.isEstablished {
                queue.append(channel.takeOutgoing())
            } else {
                heldBytes += FrameHeader.byteCount + payload.count + FrameHeader.tagBytes
            }
            if queue.count + heldBytes > limit {
                overflowed = true
                isOver = true
                return true
            }
            // Where something lies there already, the reactor waits for the socket to take it.
            return wasEmpty && !queue.isEmpty
        }
    }

    /// Nothing sent from now on is queued; true the first time.
    @discardableResult
    func stopSending() -> Bool {
        lock.withLock {
            defer { isOver = true }
            return !isOver
        }
    }

    /// Queues what the channel has to say of its own accord.
    func beginHandshake() { lock.withLock { queue.append(channel.takeOutgoing()) } }

    func refuse(_ code: Refusal.Code, _ text: String) {
        lock.withLock {
            channel.refuse(code, text)
            queue.append(channel.takeOutgoing())
        }
    }

    /// Takes bytes of the other end in and queues the channel's answer where `answers`.
    func receive(
        _ bytes: UnsafeRawBufferPointer, answers: Bool
    ) -> (outcome: Result<[ReceivedFrame], ProtocolError>, progress: SecureChannel.Progress) {
        lock.withLock {
            let outcome = Result { () throws(ProtocolError) in try channel.receive(bytes) }
            let answer = channel.takeOutgoing()
            if answers { queue.append(answer) }
            if channel.isEstablished { heldBytes = 0 }
            return (outcome, channel.progress)
        }
    }

    /// The other end's stream has ended.
    func receiveEnd() -> LinkClosure {
        lock.withLock {
            do throws(ProtocolError) { try channel.receiveEnd() } catch { return error.closure }
            return .remote
        }
    }

    /// Writes what the socket takes, and not more at a time than a few of the kernel's buffers, for the others' sake.
    func write(to descriptor: Int32) -> Written {
        lock.withLock {
            for _ in 0..<8 where !queue.isEmpty {
                switch queue.withNext(256 << 10, { Sockets.write(descriptor, $0) }) {
                case .bytes(let count): queue.remove(count)
                case .failed(let code):
                    isOver = true
                    queue.removeAll()
                    return .failed(code)
                case .wouldBlock, .end: return .some(isEmpty: false, isDrained: queue.takeDrained())
                }
            }
            return .some(isEmpty: queue.isEmpty, isDrained: queue.takeDrained())
        }
    }

    func end() {
        lock.withLock {
            isOver = true
            queue.removeAll()
            heldBytes = 0
        }
    }
}
