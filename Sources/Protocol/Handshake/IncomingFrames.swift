import Bytes

/// The bytes of one direction on their way in, until they are whole frames whose header, sequence number and tag are
/// right. What the header claims is checked before a byte of the payload is waited for.
struct IncomingFrames: Sendable {
    struct Frame {
        var header: FrameHeader
        /// Header, payload and tag.
        var bytes: [UInt8]
    }

    /// What tagged frames carry.
    private(set) var version: UInt16 = 0
    /// Of the next frame.
    private var sequence: UInt64 = 0
    private var key: HMACSHA256?
    /// The handshake's next frame; nil when messages are expected.
    private var expected: UInt16?
    private var bytes: [UInt8] = []
    /// Where in `bytes` the next frame starts.
    private var head = 0
    private var strangerBytes = 0

    init(expecting type: UInt16) {
        expected = type
    }

    /// How many bytes may still come before the handshake is done.
    var strangerBytesLeft: Int { WireLimits.stranger - strangerBytes }
    /// Bytes of a frame that is not whole yet.
    var pendingBytes: Int { bytes.count - head }

    mutating func expect(_ type: UInt16?) { expected = type }

    mutating func useKey(_ key: [UInt8], version: UInt16) {
        self.key = HMACSHA256(key: key)
        self.version = version
    }

    mutating func append(_ new: UnsafeRawBufferPointer, isStranger: Bool) {
        if isStranger { strangerBytes += new.count }
        bytes.append(contentsOf: new)
    }

    mutating func clear() {
        bytes = []
        head = 0
    }

    /// The next frame, nil while it is not whole. `cap`: bytes of payload that a type may have, nil where it may not
    /// come now.
    mutating func nextFrame(cap: (UInt16) -> Int?) throws(ProtocolError) -> Frame? {
        let start = bytes[head...].prefix(FrameHeader.magic.count)
        guard FrameHeader.magic.starts(with: start) else { throw .notAPeer(found: Array(bytes[head...].prefix(32))) }
        guard pendingBytes >= FrameHeader.byteCount else { return waitForMore() }
        let header = FrameHeader(bytes[head..<head + FrameHeader.byteCount])
        try check(header, cap: cap)
        let count = FrameHeader.byteCount + Int(header.length) + FrameHeader.tagBytes
        guard pendingBytes >= count else { return waitForMore() }
        let frame = Frame(header: header, bytes: Array(bytes[head..<head + count]))
        try checkTag(frame)
        head += count
        sequence += 1
        return frame
    }

    private mutating func waitForMore() -> Frame? {
        if head > 0 {
            bytes.removeSubrange(..<head)
            head = 0
        }
        return nil
    }

    private func check(_ header: FrameHeader, cap: (UInt16) -> Int?) throws(ProtocolError) {
        let isTagged = IncomingFrames.isTagged(header.type)
        guard let cap = cap(header.type) else {
            throw .unexpectedType(header.type, expected: expected.map { "type \($0)" } ?? "a message")
        }
        let agreed = isTagged ? version : 0
        guard header.version == agreed else { throw .frameVersion(found: header.version, expected: agreed) }
        try header.check(cap: cap)
        if header.type < HandshakeType.firstMessage && header.flags != 0 {
            throw .reservedBits(field: "flags", value: UInt64(header.flags))
        }
        guard header.sequence == sequence else {
            throw .badSequence(type: header.type, found: header.sequence, expected: sequence)
        }
    }

    private func checkTag(_ frame: Frame) throws(ProtocolError) {
        let end = frame.bytes.count - FrameHeader.tagBytes
        var expected = [UInt8](repeating: 0, count: FrameHeader.tagBytes)
        if IncomingFrames.isTagged(frame.header.type) {
            guard var hmac = key else { preconditionFailure("a tagged frame is expected only with keys") }
            frame.bytes.withUnsafeBytes { hmac.update(UnsafeRawBufferPointer(rebasing: $0[..<end])) }
            expected = Array(hmac.finalize().prefix(FrameHeader.tagBytes))
        }
        guard constantTimeEqual(expected, frame.bytes[end...]) else {
            // The tag of `accepted` is the node's proof.
            if frame.header.type == HandshakeType.accepted { throw .wrongKey }
            throw .badTag(type: frame.header.type, sequence: frame.header.sequence)
        }
    }

    /// The first three frames of the handshake and refusals come before there are keys.
    private static func isTagged(_ type: UInt16) -> Bool {
        type == HandshakeType.accepted || type >= HandshakeType.firstMessage
    }
}
