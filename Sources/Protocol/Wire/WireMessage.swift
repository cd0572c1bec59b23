import Bytes

/// A value that travels as the payload of one frame.
public protocol WireMessage: Sendable {
    /// The frame's type; see `FORMAT.md`.
    var wireType: UInt16 { get }
    func encode(into writer: inout ByteWriter)
    /// nil where the type is not known. A payload that is not what the type says, or that goes on after the message's
    /// end, throws.
    init?(wireType: UInt16, payload: inout ByteReader) throws(ByteReaderError)
    /// Bytes that a payload of this type may have, at most `WireLimits.payload`; that for a type which is not known.
    static func payloadCap(wireType: UInt16) -> Int
}

extension WireMessage {
    /// The payload alone.
    public var wirePayload: [UInt8] {
        var writer = ByteWriter()
        encode(into: &writer)
        return writer.bytes
    }
}

/// A frame whose header, sequence number and tag were checked.
public struct ReceivedFrame: Sendable, Hashable {
    public var type: UInt16
    /// Who does not know the type may skip the frame.
    public var isOptional: Bool
    public var payload: [UInt8]

    public init(type: UInt16, isOptional: Bool, payload: [UInt8]) {
        self.type = type
        self.isOptional = isOptional
        self.payload = payload
    }

    /// The message in the frame; nil where the type is not known and the frame may be skipped.
    public func message<Message: WireMessage>(as _: Message.Type = Message.self) throws(ProtocolError) -> Message? {
        var reader = ByteReader(payload)
        let message: Message?
        do { message = try Message(wireType: type, payload: &reader) } catch { throw .malformed(type: type, error) }
        if message == nil && !isOptional { throw .unknownType(type) }
        return message
    }
}
