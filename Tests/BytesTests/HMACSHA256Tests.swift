import Bytes
import Testing

struct HMACSHA256Tests {
    struct Vector: Sendable, CustomStringConvertible {
        var description: String
        var key: [UInt8]
        var data: [UInt8]
        /// Hexadecimal; test case 5 gives the first 16 bytes only.
        var tag: String
    }

    private static func repeated(_ byte: UInt8, _ count: Int) -> [UInt8] { [UInt8](repeating: byte, count: count) }

    /// RFC 4231, section 4.
    static let vectors = [
        Vector(
            description: "1", key: repeated(0x0b, 20), data: Array("Hi There".utf8),
            tag: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            description: "2, key shorter than the tag", key: Array("Jefe".utf8),
            data: Array("what do ya want for nothing?".utf8),
            tag: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            description: "3", key: repeated(0xaa, 20), data: repeated(0xdd, 50),
            tag: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            description: "4", key: Array(1...25), data: repeated(0xcd, 50),
            tag: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            description: "5, truncated", key: repeated(0x0c, 20), data: Array("Test With Truncation".utf8),
            tag: "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            description: "6, key longer than a block", key: repeated(0xaa, 131),
            data: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            tag: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            description: "7, key and data longer than a block", key: repeated(0xaa, 131),
            data: Array(
                ("This is a test using a larger than block-size key and a larger than block-size data. "
                    + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
            tag: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors) func givesTheStandardsTags(vector: Vector) {
        let tag = SHA256.hexadecimal(HMACSHA256.tag(key: vector.key, vector.data))
        #expect(tag.prefix(vector.tag.count) == vector.tag)
    }

    @Test(arguments: vectors) func doesNotDependOnHowTheMessageIsCut(vector: Vector) {
        var hmac = HMACSHA256(key: vector.key)
        for _ in 0..<2 {
            // The second round shows that the value starts anew.
            for byte in vector.data { hmac.update([byte]) }
            #expect(SHA256.hexadecimal(hmac.finalize()).prefix(vector.tag.count) == vector.tag)
        }
        let half = vector.data.count / 2
        let cut = HMACSHA256.tag(key: vector.key, Array(vector.data[..<half]), Array(vector.data[half...]))
        #expect(cut == HMACSHA256.tag(key: vector.key, vector.data))
    }

    @Test func aCopyGoesOnByItself() {
        let keyed = HMACSHA256(key: [1, 2, 3])
        var one = keyed
        var other = keyed
        one.update("one")
        other.update("other")
        #expect(one.finalize() == HMACSHA256.tag(key: [1, 2, 3], Array("one".utf8)))
        #expect(other.finalize() == HMACSHA256.tag(key: [1, 2, 3], Array("other".utf8)))
    }

    @Test func equalityLooksAtEveryByte() {
        let tag: [UInt8] = Array(0..<32)
        #expect(constantTimeEqual(tag, tag))
        #expect(constantTimeEqual([UInt8](), [UInt8]()))
        #expect(!constantTimeEqual(tag, Array(tag.dropLast())))
        for place in tag.indices {
            for bit in 0..<8 {
                var other = tag
                other[place] ^= 1 << UInt8(bit)
                #expect(!constantTimeEqual(tag, other))
            }
        }
    }
}
