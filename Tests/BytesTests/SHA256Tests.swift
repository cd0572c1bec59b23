import Bytes
import Testing

struct SHA256Tests {
    private func digest(
        _ message: [UInt8], _ implementation: SHA256.Implementation, pieces: [Int] = []
    ) -> String {
        var digest = SHA256(implementation: implementation)
        var start = 0
        for piece in pieces where start < message.count {
            let end = min(message.count, start + piece)
            digest.update(Array(message[start..<end]))
            start = end
        }
        digest.update(Array(message[start...]))
        return digest.finalizeHex()
    }

    /// NIST's examples for FIPS 180-4.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
                + "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func givesTheStandardsDigests(message: String, expected: String) {
        for implementation in SHA256.Implementation.allCases {
            #expect(digest(Array(message.utf8), implementation) == expected)
        }
        #expect(SHA256.hex(message) == expected)
    }

    @Test func givesTheStandardsDigestOfAMillionLetters() {
        let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
        for implementation in SHA256.Implementation.allCases {
            #expect(
                digest(message, implementation, pieces: [1, 63, 64, 65, 999])
                    == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
        }
    }

    /// The digest of the digests (in hexadecimal) of the bytes 0, 1, 2, ... (mod 251) of every length 0 to 300,
    /// computed with Python's hashlib.
    @Test func isRightForEveryLengthAroundTheBlockBorders() {
        for implementation in SHA256.Implementation.allCases {
            var all = SHA256(implementation: implementation)
            for length in 0...300 {
                all.update(digest((0..<length).map { UInt8($0 % 251) }, implementation))
            }
            #expect(all.finalizeHex() == "b80fadb149bc8cb5eeb5c5cb543942b4b72871d6b176e21baa5c60f6198e4122")
        }
    }

    @Test func doesNotDependOnHowTheMessageIsCut() {
        let message = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 3) }
        for implementation in SHA256.Implementation.allCases {
            let whole = digest(message, .portable)
            for first in 0..<130 {
                #expect(digest(message, implementation, pieces: [first, 1, 64, 0, 127]) == whole)
            }
        }
    }

    @Test func startsAnewAfterFinalize() {
        var digest = SHA256()
        digest.update("something else")
        _ = digest.finalize()
        digest.update("abc")
        #expect(
            digest.finalizeHex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test func aCopyGoesOnByItself() {
        var one = SHA256()
        one.update("ab")
        var other = one
        one.update("c")
        other.update("d")
        #expect(one.finalizeHex() == SHA256.hex("abc"))
        #expect(other.finalizeHex() == SHA256.hex("abd"))
    }
}

@Suite struct DigestOfAFileTests {
    /// Read in pieces, of which the last is shorter.
    @Test func itIsThatOfTheWhole() {
        let bytes = (0..<((33 << 20) + 7)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        bytes.withUnsafeBytes { #expect(SHA256.hex($0, of: "file") == SHA256.hex($0)) }
        [UInt8]().withUnsafeBytes { #expect(SHA256.hex($0, of: "file") == SHA256.hex([])) }
    }
}
