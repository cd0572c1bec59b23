import Bytes

/// The types of the handshake's frames. The form of the coordinator's hello and of the refusal is the same in every
/// version of the protocol, that of the others since version 4.
enum HandshakeType {
    static let coordinatorHello: UInt16 = 1
    static let nodeHello: UInt16 = 2
    static let proof: UInt16 = 3
    static let accepted: UInt16 = 4
    static let refusal: UInt16 = 5
    /// The types below are the handshake's.
    static let firstMessage: UInt16 = 0x100

    /// Bytes of the payload; every frame has exactly so many but the refusal, which has at most these.
    static func payloadBytes(_ type: UInt16) -> Int {
        switch type {
        case coordinatorHello: 40
        case nodeHello: 40
        case proof: 32
        case refusal: 4 + Refusal.textLimit
        default: 0
        }
    }
}

private let insecureFlag: UInt32 = 1

private func insecure(_ flags: UInt32, _ reader: ByteReader) throws(ByteReaderError) -> Bool {
    guard flags & ~insecureFlag == 0 else {
        throw reader.invalid("hello flags", "have reserved bits that are not zero (0x\(String(flags, radix: 16)))")
    }
    return flags == insecureFlag
}

/// What the coordinator says first.
struct CoordinatorHello {
    var versions: ClosedRange<UInt16>
    var isInsecure: Bool
    var nonce: [UInt8]

    init(versions: ClosedRange<UInt16>, isInsecure: Bool, nonce: [UInt8]) {
        self.versions = versions
        self.isInsecure = isInsecure
        self.nonce = nonce
    }

    func encode(into writer: inout ByteWriter) {
        writer.append(versions.lowerBound)
        writer.append(versions.upperBound)
        writer.append(isInsecure ? insecureFlag : UInt32(0))
        writer.append(nonce)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        let lowest = try reader.uint16("lowest version")
        let highest = try reader.uint16("highest version")
        guard lowest > 0 && lowest <= highest else {
            throw reader.invalid("versions", "run from \(lowest) to \(highest)")
        }
        versions = lowest...highest
        isInsecure = try insecure(reader.uint32("hello flags"), reader)
        nonce = try reader.bytes("nonce", count: 32)
        try reader.finish()
    }
}

/// The node's answer.
struct NodeHello {
    var version: UInt16
    var isInsecure: Bool
    var nonce: [UInt8]

    init(version: UInt16, isInsecure: Bool, nonce: [UInt8]) {
        self.version = version
        self.isInsecure = isInsecure
        self.nonce = nonce
    }

    func encode(into writer: inout ByteWriter) {
        writer.append(version)
        writer.append(UInt16(0))
        writer.append(isInsecure ? insecureFlag : UInt32(0))
        writer.append(nonce)
    }

    init(from reader: inout ByteReader) throws(ByteReaderError) {
        version = try reader.uint16("chosen version")
        let reserved = try reader.uint16("reserved")
        guard reserved == 0 else { throw reader.invalid("reserved", "is \(reserved), not 0") }
        isInsecure = try insecure(reader.uint32("hello flags"), reader)
        nonce = try reader.bytes("nonce", count: 32)
        try reader.finish()
    }
}
