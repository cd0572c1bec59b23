import Bytes

/// The handshake of one end: frames in, frames out. A pure value; the caller gives the nonce.
///
///     coordinator                                    node
///     hello: versions, nonce               ->
///                                          <-        hello: version, nonce
///     proof                                ->
///                                          <-        accepted (tagged)
///
/// The coordinator proves first that it has the key, over both nonces; the node's proof is the tag of `accepted`, under a
/// key that follows from all three frames. So a node says nothing that was made with the key to whoever has not proved
/// it: a stranger takes nothing home on which keys could be tried. The labels differ, so that neither end can send back
/// what it got.
struct Handshake: Sendable {
    enum Step: Sendable {
        case awaitingCoordinatorHello
        case awaitingNodeHello
        case awaitingProof
        case awaitingAccepted
    }

    struct Session: Sendable {
        var version: UInt16
        var coordinatorToNode: [UInt8]
        var nodeToCoordinator: [UInt8]
    }

    enum Action {
        /// Send this frame, without a tag.
        case send([UInt8])
        /// Send this frame; from now on the session's keys hold, in both directions.
        case sendThenKeys([UInt8], Session)
        /// The other end is proved: say `accepted`, and the handshake is done.
        case accept(Session)
        case done
    }

    private(set) var step: Step
    private let isInsecure: Bool
    /// Of each key that holds; the first is the coordinator's.
    private let secrets: [HandshakeSecrets]
    private let nonce: [UInt8]
    private let versions: ClosedRange<UInt16>
    /// The untagged frames so far, whole, from both sides.
    private var transcript: [UInt8] = []
    private var version: UInt16 = 0

    init(role: SecureChannel.Role, trust: Trust, nonce: [UInt8], versions: ClosedRange<UInt16>) {
        precondition(nonce.count == 32, "a nonce has 32 bytes")
        precondition(versions.lowerBound > 0, "version 0 marks the frames of the handshake")
        step = role == .coordinator ? .awaitingNodeHello : .awaitingCoordinatorHello
        isInsecure = trust.isInsecure
        secrets = trust.secrets.map { HandshakeSecrets(secret: $0) }
        self.nonce = nonce
        self.versions = versions
    }

    /// What `step` waits for, besides a refusal.
    var expectedType: UInt16 {
        switch step {
        case .awaitingCoordinatorHello: HandshakeType.coordinatorHello
        case .awaitingNodeHello: HandshakeType.nodeHello
        case .awaitingProof: HandshakeType.proof
        case .awaitingAccepted: HandshakeType.accepted
        }
    }

    /// The coordinator's first frame.
    mutating func start() -> [UInt8] {
        let hello = CoordinatorHello(versions: versions, isInsecure: isInsecure, nonce: nonce)
        let frame = Handshake.frame(HandshakeType.coordinatorHello, sequence: 0, hello.encode)
        transcript = frame
        return frame
    }

    /// `frame`: the whole frame with the payload and tag of `expectedType`; header and tag were checked.
    mutating func receive(_ frame: [UInt8]) throws(ProtocolError) -> Action {
        let payload = Array(frame[FrameHeader.byteCount..<frame.count - FrameHeader.tagBytes])
        switch step {
        case .awaitingCoordinatorHello: return try answerHello(frame, payload)
        case .awaitingNodeHello: return try answerNodeHello(frame, payload)
        case .awaitingProof: return try checkProof(frame, payload)
        case .awaitingAccepted: return .done
        }
    }

    private mutating func answerHello(_ frame: [UInt8], _ payload: [UInt8]) throws(ProtocolError) -> Action {
        let hello = try Handshake.read(HandshakeType.coordinatorHello, payload, CoordinatorHello.init(from:))
        try checkTrust(otherIsInsecure: hello.isInsecure)
        let highest = min(hello.versions.upperBound, versions.upperBound)
        guard highest >= max(hello.versions.lowerBound, versions.lowerBound) else {
            throw .noCommonVersion(here: versions, there: hello.versions)
        }
        version = highest
        let answer = NodeHello(version: version, isInsecure: isInsecure, nonce: nonce)
        let sent = Handshake.frame(HandshakeType.nodeHello, sequence: 0, answer.encode)
        transcript = frame + sent
        step = .awaitingProof
        return .send(sent)
    }

    private mutating func answerNodeHello(_ frame: [UInt8], _ payload: [UInt8]) throws(ProtocolError) -> Action {
        let hello = try Handshake.read(HandshakeType.nodeHello, payload, NodeHello.init(from:))
        try checkTrust(otherIsInsecure: hello.isInsecure)
        guard versions.contains(hello.version) else {
            throw .noCommonVersion(here: versions, there: hello.version...hello.version)
        }
        version = hello.version
        transcript += frame

        let empty = Handshake.frame(HandshakeType.proof, sequence: 1) { $0.append([UInt8](repeating: 0, count: 32)) }
        let proof = secrets[0].proof(transcript: transcript + empty[..<FrameHeader.byteCount])
        let proved = Handshake.frame(HandshakeType.proof, sequence: 1) { $0.append(proof) }
        transcript += proved
        step = .awaitingAccepted
        return .sendThenKeys(proved, session(of: secrets[0]))
    }

    private mutating func checkProof(_ frame: [UInt8], _ payload: [UInt8]) throws(ProtocolError) -> Action {
        // All are tried, whichever it is: the time says nothing of the keys.
        let matching = secrets.filter {
            constantTimeEqual($0.proof(transcript: transcript + frame[..<FrameHeader.byteCount]), payload)
        }
        guard let proved = matching.first else { throw .wrongKey }
        transcript += frame
        return .accept(session(of: proved))
    }

    private func checkTrust(otherIsInsecure: Bool) throws(ProtocolError) {
        if isInsecure && !otherIsInsecure { throw .insecureHere }
        if !isInsecure && otherIsInsecure { throw .insecureThere }
    }

    private func session(of secrets: HandshakeSecrets) -> Session {
        Session(
            version: version,
            coordinatorToNode: secrets.sessionKey(of: HandshakeSecrets.coordinatorToNode, transcript: transcript),
            nodeToCoordinator: secrets.sessionKey(of: HandshakeSecrets.nodeToCoordinator, transcript: transcript))
    }

    /// A frame of the handshake: version 0, no flags, a tag of zeros.
    static func frame(_ type: UInt16, sequence: UInt64, _ encode: (inout ByteWriter) -> Void) -> [UInt8] {
        var payload = ByteWriter()
        encode(&payload)
        var frame = ByteWriter(capacity: FrameHeader.byteCount + payload.count + FrameHeader.tagBytes)
        FrameHeader(version: 0, type: type, flags: 0, length: UInt32(payload.count), sequence: sequence)
            .encode(into: &frame)
        frame.append(payload.bytes)
        frame.append([UInt8](repeating: 0, count: FrameHeader.tagBytes))
        return frame.bytes
    }

    static func read<Value>(
        _ type: UInt16, _ payload: [UInt8], _ decode: (inout ByteReader) throws(ByteReaderError) -> Value
    ) throws(ProtocolError) -> Value {
        var reader = ByteReader(payload)
        do { return try decode(&reader) } catch { throw .malformed(type: type, error) }
    }
}
