import Bytes

/// What is wrong with what the other end of a connection sent.
public enum ProtocolError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The stream does not start with the magic: HTTP, TLS, garbage.
    case notAPeer(found: [UInt8])
    /// A frame's header has another version than the connection.
    case frameVersion(found: UInt16, expected: UInt16)
    /// A reserved field, or a bit of one, is not zero.
    case reservedBits(field: String, value: UInt64)
    case tooLong(type: UInt16, length: UInt32, cap: Int)
    case badSequence(type: UInt16, found: UInt64, expected: UInt64)
    /// The frame was altered, or made with another key.
    case badTag(type: UInt16, sequence: UInt64)
    case unexpectedType(UInt16, expected: String)
    /// A type that this version does not know, in a frame that may not be skipped.
    case unknownType(UInt16)
    case malformed(type: UInt16, ByteReaderError)
    /// More bytes than a stranger may send came and the handshake is not done.
    case tooManyBytesBeforeHandshake(limit: Int)
    /// The stream ended within a frame, or before the handshake was done.
    case cutShort(bytes: Int, isEstablished: Bool)

    case noCommonVersion(here: ClosedRange<UInt16>, there: ClosedRange<UInt16>)
    case wrongKey
    case insecureHere
    case insecureThere
    case refused(Refusal)
    case refusedHere(Refusal)
    /// A key that could be guessed; this end's own fault.
    case shortKey(bytes: Int)

    public var description: String {
        switch self {
        case .notAPeer(let found):
            "the other end does not speak stnet: its bytes start with \(ProtocolError.quoted(found)), not with \"STNT\""
        case .frameVersion(let found, let expected):
            "a frame has version \(found) where the connection has version \(expected)"
        case .reservedBits(let field, let value):
            "reserved bits of the \(field) are not zero (0x\(String(value, radix: 16)))"
        case .tooLong(let type, let length, let cap):
            "a frame of type \(ProtocolError.hex(type)) claims \(length) bytes; it may have at most \(cap)"
        case .badSequence(let type, let found, let expected):
            "a frame of type \(ProtocolError.hex(type)) has sequence number \(found) where \(expected) is next"
        case .badTag(let type, let sequence):
            "frame \(sequence) of type \(ProtocolError.hex(type)) has a wrong tag: it was altered on its way"
        case .unexpectedType(let type, let expected):
            "a frame of type \(ProtocolError.hex(type)) came where \(expected) is expected"
        case .unknownType(let type):
            "a message of type \(ProtocolError.hex(type)) is not known to this version and may not be skipped"
        case .malformed(let type, let error):
            "a malformed message of type \(ProtocolError.hex(type)): \(error)"
        case .tooManyBytesBeforeHandshake(let limit):
            "more than \(limit) bytes came before the handshake was done"
        case .cutShort(let bytes, let isEstablished):
            isEstablished
                ? "the stream ended within a frame, after \(bytes) of its bytes"
                : "the stream ended before the handshake was done"
        case .noCommonVersion(let here, let there):
            "no common version of the protocol: this end speaks \(ProtocolError.range(here)), "
                + "the other \(ProtocolError.range(there))"
        case .wrongKey:
            "the other end has another key (or the handshake was altered on its way)"
        case .insecureHere:
            "the other end has a key and this end runs with --insecure: give both the same key"
        case .insecureThere:
            "the other end runs with --insecure and this end has a key: give both the same key"
        case .refused(let refusal):
            "refused by the other end (\(refusal.code.name)): \(refusal.text)"
        case .refusedHere(let refusal):
            "refused (\(refusal.code)): \(refusal.text)"
        case .shortKey(let bytes):
            "a key has \(bytes) bytes; at least \(SharedKey.minimumBytes) are needed"
        }
    }

    /// How a link that met this error ends. Of what may be wrong with a frame only its payload has been proved by the
    /// tag to be the other end's own.
    public var closure: LinkClosure {
        switch self {
        case .refused(let refusal): .refused(LinkRefusal(.otherEnd, refusal.code, refusal.text))
        case .refusedHere(let refusal):
            .refused(LinkRefusal(.thisEnd, refusal.code, "\(refusal.code): \(refusal.text)"))
        case .noCommonVersion: .refused(LinkRefusal(.thisEnd, .version, description))
        case .wrongKey: .refused(LinkRefusal(.thisEnd, .key, description))
        case .insecureHere, .insecureThere: .refused(LinkRefusal(.thisEnd, .insecure, description))
        case .shortKey: .refused(LinkRefusal(.ownOptions, .key, description))
        case .cutShort: .lost(description)
        case .unknownType: .outOfProtocol(description)
        case .malformed(let type, _) where type >= HandshakeType.firstMessage: .outOfProtocol(description)
        case .notAPeer, .frameVersion, .reservedBits, .tooLong, .badSequence, .badTag, .unexpectedType, .malformed,
            .tooManyBytesBeforeHandshake:
            .garbled(description)
        }
    }

    /// What the other end is told while the handshake is not done; nil where it would not understand, or said it itself.
    var refusal: Refusal? {
        switch self {
        case .notAPeer, .refused, .cutShort, .shortKey: nil
        case .refusedHere(let refusal): refusal
        case .noCommonVersion(let here, let there):
            Refusal(
                .version,
                "one end speaks \(ProtocolError.range(here)), the other \(ProtocolError.range(there))")
        case .wrongKey: Refusal(.key, "the two ends have different keys")
        case .insecureHere: Refusal(.insecure, "one end runs with --insecure, yours has a key")
        case .insecureThere: Refusal(.insecure, "one end has a key, yours runs with --insecure")
        default: Refusal(.outOfProtocol, description)
        }
    }

    private static func hex(_ type: UInt16) -> String { "0x" + String(type, radix: 16) }

    private static func range(_ versions: ClosedRange<UInt16>) -> String {
        versions.count == 1
            ? "version \(versions.lowerBound)" : "versions \(versions.lowerBound) to \(versions.upperBound)"
    }

    /// Printable ASCII as it is, other bytes as dots.
    private static func quoted(_ bytes: [UInt8]) -> String {
        "\"" + String(decoding: bytes.prefix(32).map { (0x20..<0x7f).contains($0) ? $0 : 0x2e }, as: UTF8.self) + "\""
    }
}
