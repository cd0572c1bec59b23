import Bytes
import Testing

struct ByteReaderTests {
    private func written(_ write: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        write(&writer)
        return writer.bytes
    }

    /// Runs `read` and gives the error that it must throw.
    private func error<Value>(
        _ bytes: [UInt8], _ read: (inout ByteReader) throws(ByteReaderError) -> Value
    ) throws -> ByteReaderError {
        try #require(
            throws: ByteReaderError.self,
            performing: {
                var reader = ByteReader(bytes)
                _ = try read(&reader)
            })
    }

    @Test func readsBackWhatWasWritten() throws {
        let signalling = Float(bitPattern: 0x7fa0_0001)
        let bytes = written {
            $0.append(UInt8(0xab))
            $0.append(UInt16(0x0102))
            $0.append(UInt32(0x0304_0506))
            $0.append(UInt64(0x0708_090a_0b0c_0d0e))
            $0.append(Int64.min)
            $0.append(signalling)
            $0.append(-0.0)
            $0.append(true)
            $0.append("h\u{e9}", maxLength: 10)
            $0.append([9, 8, 7] as [UInt8])
        }
        #expect(Array(bytes.prefix(7)) == [0xab, 0x02, 0x01, 0x06, 0x05, 0x04, 0x03])
        var reader = ByteReader(bytes)
        #expect(try reader.uint8("a") == 0xab)
        #expect(try reader.uint16("b") == 0x0102)
        #expect(try reader.uint32("c") == 0x0304_0506)
        #expect(try reader.uint64("d") == 0x0708_090a_0b0c_0d0e)
        #expect(try reader.int64("e") == .min)
        #expect(try reader.float("f").bitPattern == signalling.bitPattern)
        #expect(try reader.double("g").bitPattern == (-0.0).bitPattern)
        #expect(try reader.bool("h"))
        #expect(try reader.string("i", maxLength: 3) == "h\u{e9}")
        #expect(reader.remaining == 3)
        #expect(try reader.bytes("j", count: 3) == [9, 8, 7])
        try reader.finish()
    }

    @Test func namesTheFieldAndItsPlaceWhereBytesLack() throws {
        let error = try error([1, 2, 3, 4, 5]) { reader throws(ByteReaderError) in
            _ = try reader.uint32("first")
            return try reader.uint16("second")
        }
        #expect(error.field == "second" && error.offset == 4)
        #expect(error.description == "second at byte 4 needs 2 bytes and 1 follow")
    }

    @Test func refusesNegativeAndHugeCounts() throws {
        for count in [-1, Int.min, Int.max, 4] {
            let error = try error([1, 2, 3]) { reader throws(ByteReaderError) in
                try reader.bytes("part", count: count)
            }
            #expect(error.field == "part")
        }
        let reader = ByteReader([1, 2, 3])
        #expect(throws: ByteReaderError.self) {
            try reader.checkCount("list", .max, limit: .max, elementBytes: 16)
        }
        #expect(throws: ByteReaderError.self) { try reader.checkCount("list", 2, limit: 10, elementBytes: 2) }
        #expect(throws: ByteReaderError.self) { try reader.checkCount("list", 3, limit: 2, elementBytes: 1) }
        try reader.checkCount("list", 3, limit: 3, elementBytes: 1)
    }

    @Test func refusesWhatIsNotABool() throws {
        let error = try error([2]) { reader throws(ByteReaderError) in try reader.bool("flag") }
        #expect(error.description == "flag at byte 0 is 2, neither 0 nor 1")
    }

    @Test(arguments: [
        [0xff], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x61, 0xe2, 0x82],
    ])
    func refusesWhatIsNotUTF8(utf8: [UInt8]) throws {
        let bytes = written {
            $0.append(UInt16(utf8.count))
            $0.append(utf8)
        }
        let error = try error(bytes) { reader throws(ByteReaderError) in try reader.string("name", maxLength: 100) }
        #expect(error.problem == "is not UTF-8")
    }

    @Test func refusesALongTextBeforeLookingAtIt() throws {
        let error = try error([0xff, 0xff]) { reader throws(ByteReaderError) in
            try reader.string("name", maxLength: 255)
        }
        #expect(error.description == "name at byte 0 has 65535 bytes, more than 255")
    }

    @Test func refusesWhatFollowsTheEnd() throws {
        let error = try error([1, 2]) { reader throws(ByteReaderError) in
            _ = try reader.uint8("only")
            try reader.finish()
        }
        #expect(error.offset == 1)
    }

    /// Characters of 1, 2, 3 and 4 bytes against every limit.
    @Test func cutsATextBeforeTheCharacterThatDoesNotFit() throws {
        let text = "a\u{e9}\u{20ac}\u{1f600}z"
        let expected = ["", "a", "a", "a\u{e9}", "a\u{e9}", "a\u{e9}", "a\u{e9}\u{20ac}"]
        for (limit, cut) in expected.enumerated() {
            var reader = ByteReader(written { $0.append(text, maxLength: limit) })
            #expect(try reader.string("text", maxLength: limit) == cut)
            try reader.finish()
        }
        var reader = ByteReader(written { $0.append(text, maxLength: 11) })
        #expect(try reader.string("text", maxLength: 11) == text)
    }
}
