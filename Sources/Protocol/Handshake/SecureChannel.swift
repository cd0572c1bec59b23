import Bytes

/// One end of a connection as a pure value: bytes of the other end in, checked frames out; frames in, bytes for the
/// other end out. No socket, no clock, no randomness; see `FORMAT.md` for the bytes.
public struct SecureChannel: Sendable {
    public enum Role: Sendable, Hashable {
        case coordinator
        case node
    }

    /// The versions of the protocol that this code speaks. Version 4 brought the handshake in which the coordinator proves
    /// the key first; what an older node says was made with the key before anybody had proved it. Version 5 brought what a
    /// result says of its image's map, version 6 masks in leases and what a result says of its map against them,
    /// version 7 nodes of several devices, version 8 leases of more than 512 images.
    public static let supportedVersions: ClosedRange<UInt16> = 8...8

    public let role: Role
    /// The version on which the two ends agreed; nil until `isEstablished`.
    public private(set) var version: UInt16?
    /// The handshake is done.
    public var isEstablished: Bool { version != nil }
    /// How far the other end has come.
    enum Progress: Sendable, Hashable {
        case nothing
        /// Its first frame was right.
        case hello
        case established
    }
    var progress: Progress {
        if isEstablished { return .established }
        return switch handshake.step {
        case .awaitingCoordinatorHello, .awaitingNodeHello: .nothing
        case .awaitingProof, .awaitingAccepted: .hello
        }
    }
    /// Why the conversation ended; `receive` throws it again.
    public private(set) var failure: ProtocolError?

    private var handshake: Handshake
    private var incoming: IncomingFrames
    private var outgoing: OutgoingFrames
    /// Frames that were sent before the handshake was done.
    private var queued: [ReceivedFrame] = []

    /// `nonce`: 32 bytes that were never used before, `randomNonce()` but in tests. A coordinator has its first frame to
    /// send at once.
    public init(
        role: Role, trust: Trust, nonce: [UInt8], versions: ClosedRange<UInt16> = SecureChannel.supportedVersions
    ) {
        self.role = role
        handshake = Handshake(role: role, trust: trust, nonce: nonce, versions: versions)
        incoming = IncomingFrames(expecting: handshake.expectedType)
        outgoing = OutgoingFrames()
        if role == .coordinator { outgoing.append(untagged: handshake.start()) }
    }

    /// 32 bytes from the operating system's generator.
    public static func randomNonce() -> [UInt8] { randomBytes(count: 32) }

    /// Absorbs bytes as they came from the other end, cut anywhere; what is not a whole frame yet is kept. Frames of the
    /// handshake are answered in `takeOutgoing`, the others returned.
    ///
    /// Once it threw, the conversation is over: `takeOutgoing` holds what is to be flushed before the connection is
    /// closed. Frames that came whole before the fault but in the same call are lost.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer) throws(ProtocolError) -> [ReceivedFrame] {
        if let failure { throw failure }
        do { return try absorb(bytes) } catch {
            fail(error)
            throw error
        }
    }

    /// `withUnsafeBytes` passes no typed error on: hence the result.
    public mutating func receive(_ bytes: [UInt8]) throws(ProtocolError) -> [ReceivedFrame] {
        let result = bytes.withUnsafeBytes { buffer -> Result<[ReceivedFrame], ProtocolError> in
            do throws(ProtocolError) { return .success(try receive(buffer)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// To be called at the end of the other end's stream: throws where that is within a frame, or where the handshake
    /// is not done.
    public mutating func receiveEnd() throws(ProtocolError) {
        if let failure { throw failure }
        guard isEstablished && incoming.pendingBytes == 0 else {
            let error = ProtocolError.cutShort(bytes: incoming.pendingBytes, isEstablished: isEstablished)
            fail(error)
            throw error
        }
    }

    /// Queues a frame; until the handshake is done it waits. After a failure it does nothing.
    public mutating func send(type: UInt16, isOptional: Bool = false, payload: [UInt8]) {
        precondition(type >= HandshakeType.firstMessage, "the types below 0x100 are the handshake's")
        precondition(payload.count <= WireLimits.payload, "the sender keeps its messages below the cap")
        guard failure == nil else { return }
        guard let version else {
            queued.append(ReceivedFrame(type: type, isOptional: isOptional, payload: payload))
            return
        }
        outgoing.append(version: version, type: type, isOptional: isOptional, payload: payload)
    }

    /// Bytes for the other end, in order; they are handed out once.
    public mutating func takeOutgoing() -> [UInt8] { outgoing.take() }

    /// Ends the conversation before the handshake is done, and lets the other end know why: too many connections, a
    /// process that is shutting down. Afterwards does nothing.
    public mutating func refuse(_ code: Refusal.Code, _ text: String) {
        guard !isEstablished && failure == nil else { return }
        fail(.refusedHere(Refusal(code, text)))
    }

    private mutating func absorb(_ bytes: UnsafeRawBufferPointer) throws(ProtocolError) -> [ReceivedFrame] {
        var rest = bytes[...]
        if !isEstablished {
            // No more than a stranger may send is even copied.
            let allowed = rest.prefix(incoming.strangerBytesLeft)
            incoming.append(UnsafeRawBufferPointer(rebasing: allowed), isStranger: true)
            rest = rest.dropFirst(allowed.count)
            while !isEstablished {
                let expected = handshake.expectedType
                guard let frame = try incoming.nextFrame(cap: { Self.handshakeCap($0, expected: expected) }) else {
                    break
                }
                try shakeHands(frame)
            }
            // The caps of the handshake's frames stay below the limit: this is the second lock on the same door.
            guard isEstablished || rest.isEmpty else {
                throw .tooManyBytesBeforeHandshake(limit: WireLimits.stranger)
            }
            if !isEstablished { return [] }
        }
        incoming.append(UnsafeRawBufferPointer(rebasing: rest), isStranger: false)
        var frames: [ReceivedFrame] = []
        let role = role
        while let frame = try incoming.nextFrame(cap: { Self.messageCap($0, role: role) }) {
            let payload = Array(frame.bytes[FrameHeader.byteCount..<frame.bytes.count - FrameHeader.tagBytes])
            frames.append(
                ReceivedFrame(type: frame.header.type, isOptional: frame.header.isOptional, payload: payload))
        }
        return frames
    }

    /// What the payload of a type may have during the handshake; nil: the type may not come now.
    private static func handshakeCap(_ type: UInt16, expected: UInt16) -> Int? {
        type == expected || type == HandshakeType.refusal ? HandshakeType.payloadBytes(type) : nil
    }

    private static func messageCap(_ type: UInt16, role: Role) -> Int? {
        guard type >= HandshakeType.firstMessage else { return nil }
        return role == .node ? CoordinatorMessage.payloadCap(wireType: type) : NodeMessage.payloadCap(wireType: type)
    }

    private mutating func shakeHands(_ frame: IncomingFrames.Frame) throws(ProtocolError) {
        if frame.header.type == HandshakeType.refusal {
            let payload = Array(frame.bytes[FrameHeader.byteCount..<frame.bytes.count - FrameHeader.tagBytes])
            throw .refused(try Handshake.read(HandshakeType.refusal, payload, Refusal.init(from:)))
        }
        switch try handshake.receive(frame.bytes) {
        case .send(let answer):
            outgoing.append(untagged: answer)
            incoming.expect(handshake.expectedType)
        case .sendThenKeys(let answer, let session):
            outgoing.append(untagged: answer)
            incoming.expect(handshake.expectedType)
            useKeys(of: session)
        case .accept(let session):
            useKeys(of: session)
            outgoing.append(version: session.version, type: HandshakeType.accepted, isOptional: false, payload: [])
            establish(session.version)
        case .done:
            establish(incoming.version)
        }
    }

    private mutating func useKeys(of session: Handshake.Session) {
        let isNode = role == .node
        incoming.useKey(isNode ? session.coordinatorToNode : session.nodeToCoordinator, version: session.version)
        outgoing.useKey(isNode ? session.nodeToCoordinator : session.coordinatorToNode)
    }

    private mutating func establish(_ agreed: UInt16) {
        version = agreed
        incoming.expect(nil)
        for frame in queued {
            outgoing.append(version: agreed, type: frame.type, isOptional: frame.isOptional, payload: frame.payload)
        }
        queued = []
    }

    /// The frames are right and what they say is not.
    mutating func end(with error: ProtocolError) { fail(error) }

    private mutating func fail(_ error: ProtocolError) {
        failure = error
        if !isEstablished, let refusal = error.refusal {
            outgoing.append(
                untagged: Handshake.frame(
                    HandshakeType.refusal, sequence: outgoing.sequence, refusal.encode))
        }
        incoming.clear()
        queued = []
    }
}
