import CKernels
import Testing

@Suite struct InflateTests {
    /// Raw streams that zlib made, and the length and the CRC-32 (also zlib's) of what they hold.
    static let streams: [(name: String, hex: String, count: Int, crc32: UInt32)] = [
        (
            "one stored block",
            "010500faff73746e6574", 5, 0x91a69624
        ),
        (
            "fixed codes with matches that overlap",
            "2b4ecd494d2ec92c4b552829cdcbcc4b57281e151815187c02e5997979a9450a2589d9a90a8939390a00", 696, 0x6638068c
        ),
        (
            "codes of its own",
            "4d523d4a4361103c8247c81d14115e63e11dac6231b35bdae801c4c20bd818d278822808b6fe205859dbc6da46"
                + "c14292ce99dd47f07b3cb2999d99fdf95ef227190822a0934cff5c7c302309ee1e03bf4614473114eabc2a2945"
                + "eae1bd44139e1749ff4f80a53858c849b6b7297fdec1be19f8b4c8b8d461419db585ec326dae47c84be29176a5"
                + "113cd365735bf16045445a223058ea343a6b504ee956f1ef94bd2681cb3f71869b217075840719c47c6c606461"
                + "47d3bd8b9c055cc7dc69778dcb9ac5a46cd7f1a5dfec20e3d08d392ebc32947e61ea56ad80c5d618b50a16a621"
                + "925f2d023acdac80a77bab9a966eb5a456a9936cf6a481aeb6297d10e881bcbdb3ea0d75972bd63dd446b256e6"
                + "86978c35382d7e9430867d1bd5757dbf01d36e8a9b953ae51ea2bf1ebbfc01", 600, 0xbb8ca71d
        ),
        (
            "codes of its own without matches",
            "05c121ca18041cc6e1237884ddc121c2570cdec134c3f3fbbfd1a207108317b038bee209a62058dd445832afce"
                + "6c5130c8d67c9ef5ef3a978335f8f6cf764b1f7dc17f90ee80aad78b33d32f6b4ffa06315ff25679312e3f6d5d"
                + "3f1b76fe3ae3e29c00ef9990eaf592a6dfe765b112bfb5d887f2c0dc8d2c5768ccf391a95501402a1dceab9efb"
                + "f1e17cffb95f5df71892543c9dbdd14dea877b44e7f80ebbca2084a246b1fbcca214a9a9f3227ce0a21aee9ce4"
                + "425b7fa760b86b86befaf85d961ea321d9b5822724a428c5a74745cbd7c5dce15d1757bac92cde76eff52cdaa9"
                + "dcc327ca897ffee019ee0aa49c5a5d83c5ff", 600, 0xbb8ca71d
        ),
        (
            "nothing",
            "0300", 0, 0x00000000
        ),
        (
            "a run, one distance code",
            "4b4c1c05a360140c770000", 1000, 0x9a38da03
        ),
        (
            "an empty stored block between two others",
            "2a4ecd494d2ec92c4b552829cdcbcc4b57281e151815187c02e5997979a9450a2589d9a90a8939390a00000000"
                + "ffff4bca2f29c9cfd52d2d5048cc4b5128c92fd04dc92fcf0300", 718, 0x854af33e
        ),
    ]

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)!
        }
    }

    private func inflate(_ source: [UInt8], capacity: Int) -> (ck_inflate_status, bytes: [UInt8], used: Int) {
        var target = [UInt8](repeating: 0xaa, count: capacity + 8)
        var (used, made) = (0, 0)
        let status = ck_inflate(source, source.count, &target, capacity, &used, &made)
        #expect(made <= capacity && used <= source.count)
        #expect(target[capacity...].allSatisfy { $0 == 0xaa })
        return (status, Array(target.prefix(made)), used)
    }

    @Test("Streams of zlib's come out as zlib says, with and without bytes behind them", arguments: streams)
    func wholeStreams(name: String, hex: String, count: Int, crc32: UInt32) {
        let source = Self.bytes(hex)
        for tail in [[], [0xff], [UInt8](repeating: 0xff, count: 20)] as [[UInt8]] {
            let (status, bytes, used) = inflate(source + tail, capacity: count)
            #expect(status == CK_INFLATE_DONE)
            #expect(bytes.count == count && ck_crc32(0, bytes, bytes.count) == crc32)
            #expect(used == source.count)
        }
    }

    @Test("A stream that is cut, or longer than the target, is told so; no byte is written outside", arguments: streams)
    func limits(name: String, hex: String, count: Int, crc32: UInt32) {
        let source = Self.bytes(hex)
        for length in 0..<source.count {
            #expect(inflate(Array(source.prefix(length)), capacity: count).0 == CK_INFLATE_TRUNCATED, "\(length)")
        }
        for capacity in 0..<count { #expect(inflate(source, capacity: capacity).0 == CK_INFLATE_TOO_LONG) }
    }

    @Test("Damaged streams end, within their target", arguments: streams)
    func damage(name: String, hex: String, count: Int, crc32: UInt32) {
        let source = Self.bytes(hex)
        for place in source.indices {
            for bit in 0..<8 {
                var damaged = source
                damaged[place] ^= 1 << UInt8(bit)
                _ = inflate(damaged, capacity: count)
                _ = inflate(damaged, capacity: 4 * count + 100)
            }
        }
    }

    @Test(
        "What no deflate stream has is damage",
        arguments: [
            [0x07],  // a block of the fourth kind
            [0x01, 5, 0, 0, 0],  // a stored length without its complement
            [0x03, 0x02],  // fixed codes: a distance before the start
            [0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],  // too many codes
        ] as [[UInt8]])
    func damaged(source: [UInt8]) {
        #expect(inflate(source, capacity: 300).0 == CK_INFLATE_DAMAGED)
    }

    @Test("The checksum goes on from part to part")
    func checksum() {
        let bytes = Array("123456789".utf8)
        #expect(ck_crc32(0, bytes, 9) == 0xcbf4_3926)
        #expect(ck_crc32(ck_crc32(0, bytes, 4), Array(bytes[4...]), 5) == 0xcbf4_3926)
        #expect(ck_crc32(0, bytes, 0) == 0)
    }
}
