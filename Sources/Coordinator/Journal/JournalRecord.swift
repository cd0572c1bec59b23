import Bytes

/// One record of a journal.
public struct JournalRecord: Sendable, Equatable {
    /// What a record is about. Numbers are never used again for something else.
    public enum Kind: UInt8, Sendable, CaseIterable {
        /// The journal's first: format and fingerprint.
        case header = 1
        /// A node with its number.
        case node = 2
        /// An image's result that counts, unless a later one of the image does.
        case result = 3
        /// A further result of an image, and how it compares with the one that counts.
        case repeated = 4
        /// A part of the run is over: the digest over the image files of all results so far, as text.
        case finished = 5
        /// A result that counted is taken back: the image is evaluated anew.
        case dropped = 6
        /// Everything up to a place before it was on the disk when it was written: the place (64 bits).
        case synced = 7
    }

    /// Bytes from the journal's start; the name under which the record is read back.
    public var offset: UInt64
    public var kind: Kind
    public var payload: [UInt8]

    public init(offset: UInt64, kind: Kind, payload: [UInt8]) {
        self.offset = offset
        self.kind = kind
        self.payload = payload
    }
}

extension JournalRecord {
    /// Of a mark: bytes from the journal's start that were on the disk; nil for other records.
    var syncedBytes: UInt64? {
        guard kind == .synced, payload.count == 8 else { return nil }
        return payload.withUnsafeBytes { UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)) }
    }

    /// - Throws: `JournalError.damaged` for a payload that is not the header's.
    init(_ header: RecordFrame.Header, _ payload: [UInt8], at offset: UInt64, path: String) throws(JournalError) {
        let sum = payload.withUnsafeBytes { RecordFrame.checksum(kind: header.kind, payload: $0, at: offset) }
        guard sum == header.checksum, let kind = Kind(rawValue: header.kind) else {
            throw .damaged(path: path, offset: offset, problem: "a record whose checksum is wrong")
        }
        self.init(offset: offset, kind: kind, payload: payload)
    }
}

/// How a record lies in the file, little-endian: bytes of the payload (32 bits), CRC-32C (32 bits), kind (8 bits),
/// payload.
///
/// The checksum is over the record's offset in the file (64 bits), which is not stored, then length, kind and payload:
/// bytes that were written for another place, or that a text within a record imitates, are not a record here.
enum RecordFrame {
    static let headerBytes = 9
    static let largestPayload = 1 << 20

    /// From the start of a record.
    struct Header {
        var length: Int
        var checksum: UInt32
        var kind: UInt8

        /// `bytes` are at least `headerBytes`.
        init(_ bytes: UnsafeRawBufferPointer) {
            length = Int(UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            checksum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
            kind = bytes[8]
        }

        /// Of the whole record.
        var recordBytes: Int { headerBytes + length }
    }

    static func append(_ kind: JournalRecord.Kind, _ payload: [UInt8], at offset: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: UInt32(payload.count).littleEndian) { bytes.append(contentsOf: $0) }
        let sum = payload.withUnsafeBytes { checksum(kind: kind.rawValue, payload: $0, at: offset) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.append(contentsOf: $0) }
        bytes.append(kind.rawValue)
        bytes.append(contentsOf: payload)
    }

    static func checksum(kind: UInt8, payload: UnsafeRawBufferPointer, at offset: UInt64) -> UInt32 {
        var start = (offset.littleEndian, UInt32(payload.count).littleEndian, kind)
        // The three lie without gaps: 8, 4 and 1 bytes.
        let seed = withUnsafeBytes(of: &start) { CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[..<13])) }
        return CRC32C.checksum(payload, seed: seed)
    }
}
