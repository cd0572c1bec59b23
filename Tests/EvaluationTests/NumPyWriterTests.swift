import Evaluation
import Testing

@Suite struct NumPyWriterTests {
    /// As numpy.save(f, numpy.array([[1, 2, 0.5]], "<f4")) writes it.
    @Test func theBytesAreNumPys() {
        let text = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3), }"
        let expected =
            [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(text.utf8) + [UInt8](repeating: 0x20, count: 58)
            + [0x0a, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40, 0, 0, 0, 0x3f]
        #expect(NumPyWriter.encode([1, 2, 0.5], shape: [1, 3]) == expected)
    }

    /// As numpy.save(f, numpy.array([[1, 2, 0.5]], "<f8")) writes it.
    @Test func float64IsNumPysToo() {
        let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3), }"
        let bytes = NumPyWriter.encode64([1, 2, 0.5], shape: [1, 3])
        #expect(bytes.prefix(128).dropFirst(10).starts(with: Array(text.utf8)) && bytes.count == 128 + 24)
        #expect(
            bytes.suffix(24).map { $0 } == [
                0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0xe0, 0x3f,
            ])
        #expect(NumPyWriter.header(shape: [1, 3], .float64) == Array(bytes.prefix(128)))
    }

    @Test(arguments: [[], [7], [224, 224], [100_000, 1, 2, 3], [Int](repeating: 10, count: 60)])
    func aHeaderIsAMultipleOf64Bytes(shape: [Int]) {
        let header = NumPyWriter.header(shape: shape)
        #expect(header.count % 64 == 0 && header.last == 0x0a)
        #expect(Int(header[8]) + Int(header[9]) << 8 == header.count - 10)
    }

    @Test func aShapeOfOneAxisIsATuple() {
        #expect(String(decoding: NumPyWriter.header(shape: [7])[10...], as: UTF8.self).contains("'shape': (7,), }"))
    }
}
