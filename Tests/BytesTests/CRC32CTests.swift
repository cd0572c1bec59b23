import Bytes
import Testing

struct CRC32CTests {
    private struct Vector {
        var bytes: [UInt8]
        var checksum: UInt32
    }

    /// An iSCSI command of 48 bytes: its words, of which the first byte comes first.
    private static let command: [UInt8] = [
        0x01c0_0000, 0, 0, 0, 0x1400_0000, 0x400, 0x14, 0x18, 0x2800_0000, 0, 0x0200_0000, 0,
    ]
    .flatMap { (word: UInt32) in withUnsafeBytes(of: word.bigEndian) { Array($0) } }

    /// RFC 3720, appendix B.4, and the check value that catalogues of checksums give for "123456789".
    private static let vectors: [Vector] = [
        Vector(bytes: [UInt8](repeating: 0, count: 32), checksum: 0x8a91_36aa),
        Vector(bytes: [UInt8](repeating: 0xff, count: 32), checksum: 0x62a8_ab43),
        Vector(bytes: Array(0..<32), checksum: 0x46dd_794e),
        Vector(bytes: Array((0..<32).reversed()), checksum: 0x113f_db5c),
        Vector(bytes: command, checksum: 0xd996_3a56),
        Vector(bytes: Array("123456789".utf8), checksum: 0xe306_9283),
        Vector(bytes: [], checksum: 0),
    ]

    @Test func givesTheStandardsChecksums() {
        for vector in Self.vectors {
            #expect(CRC32C.checksum(vector.bytes) == vector.checksum, "\(vector)")
            #expect(CRC32C.portableChecksum(vector.bytes) == vector.checksum, "\(vector)")
        }
    }

    @Test func plainCodeAndInstructionsAgreeForEveryLengthAndStart() {
        let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 73 &+ $0 >> 2) }
        for start in 0..<9 {
            for end in start..<bytes.count {
                let part = Array(bytes[start..<end])
                let seed = UInt32(truncatingIfNeeded: end &* 0x9e37_79b9)
                #expect(CRC32C.checksum(part, seed: seed) == CRC32C.portableChecksum(part, seed: seed))
                // Not aligned, as in a mapped file.
                let inPlace = bytes.withUnsafeBytes {
                    CRC32C.checksum(UnsafeRawBufferPointer(rebasing: $0[start..<end]), seed: seed)
                }
                #expect(inPlace == CRC32C.checksum(part, seed: seed))
            }
        }
    }

    @Test func goesOnFromASeed() {
        let bytes = Array("the records of a journal, one after the other".utf8)
        for cut in 0...bytes.count {
            let first = CRC32C.checksum(Array(bytes[..<cut]))
            #expect(CRC32C.checksum(Array(bytes[cut...]), seed: first) == CRC32C.checksum(bytes))
        }
    }
}
