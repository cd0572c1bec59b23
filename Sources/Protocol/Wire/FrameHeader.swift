import Bytes

/// The 32 bytes before each payload; 16 bytes of tag follow the payload. All numbers are little-endian.
public struct FrameHeader: Sendable, Hashable {
    public static let byteCount = 32
    public static let tagBytes = 16
    public static let magic: [UInt8] = Array("STNT".utf8)
    /// Flag: who does not know the type may skip the frame.
    public static let optional: UInt32 = 1

    /// 0 in the untagged frames of the handshake, else the version on which the two ends agreed.
    public var version: UInt16
    public var type: UInt16
    public var flags: UInt32
    /// Bytes of the payload.
    public var length: UInt32
    /// Counts the frames of one direction of a connection, from 0.
    public var sequence: UInt64
    public var reserved: UInt64

    public init(version: UInt16, type: UInt16, flags: UInt32, length: UInt32, sequence: UInt64, reserved: UInt64 = 0) {
        self.version = version
        self.type = type
        self.flags = flags
        self.length = length
        self.sequence = sequence
        self.reserved = reserved
    }

    public var isOptional: Bool { flags & FrameHeader.optional != 0 }

    public func encode(into writer: inout ByteWriter) {
        writer.append(FrameHeader.magic)
        writer.append(version)
        writer.append(type)
        writer.append(flags)
        writer.append(length)
        writer.append(sequence)
        writer.append(reserved)
    }

    /// The fields of 32 bytes whose first four are the magic; nothing else is checked yet.
    init(_ bytes: ArraySlice<UInt8>) {
        precondition(bytes.count == FrameHeader.byteCount, "a header has 32 bytes")
        func integer<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
            bytes.withUnsafeBytes {
                Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
            }
        }
        version = integer(4, UInt16.self)
        type = integer(6, UInt16.self)
        flags = integer(8, UInt32.self)
        length = integer(12, UInt32.self)
        sequence = integer(16, UInt64.self)
        reserved = integer(24, UInt64.self)
    }

    /// Reserved bits are zero and the length is within the cap of the type.
    func check(cap: Int) throws(ProtocolError) {
        guard reserved == 0 else { throw .reservedBits(field: "header", value: reserved) }
        let unknown = flags & ~FrameHeader.optional
        guard unknown == 0 else { throw .reservedBits(field: "flags", value: UInt64(unknown)) }
        guard length <= UInt32(cap) else { throw .tooLong(type: type, length: length, cap: cap) }
    }
}
