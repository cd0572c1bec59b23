import Bytes

/// The frames of one direction on their way out: numbered, tagged, put one behind the other.
struct OutgoingFrames: Sendable {
    /// Of the next frame.
    private(set) var sequence: UInt64 = 0
    private var bytes: [UInt8] = []
    private var key: HMACSHA256?

    mutating func useKey(_ key: [UInt8]) { self.key = HMACSHA256(key: key) }

    /// A frame of the handshake, which has its sequence number already.
    mutating func append(untagged frame: [UInt8]) {
        bytes += frame
        sequence += 1
    }

    mutating func append(version: UInt16, type: UInt16, isOptional: Bool, payload: [UInt8]) {
        guard var hmac = key else { preconditionFailure("a message needs the session's key") }
        var header = ByteWriter(capacity: FrameHeader.byteCount)
        FrameHeader(
            version: version, type: type, flags: isOptional ? FrameHeader.optional : 0, length: UInt32(payload.count),
            sequence: sequence
        ).encode(into: &header)
        hmac.update(header.bytes)
        hmac.update(payload)
        bytes.reserveCapacity(bytes.count + FrameHeader.byteCount + payload.count + FrameHeader.tagBytes)
        bytes += header.bytes
        bytes += payload
        bytes += hmac.finalize().prefix(FrameHeader.tagBytes)
        sequence += 1
    }

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
