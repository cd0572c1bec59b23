import Bytes
import Testing

@Suite struct UTF8TextTests {
    private func text(_ write: (inout UTF8Text) -> Void) -> String {
        var text = UTF8Text()
        write(&text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test(arguments: [0, 7, 10, 99, 100, -1, -10, Int64.max, Int64.min]) func integersAreDecimal(value: Int64) {
        #expect(text { $0.append(value) } == "\(value)")
    }

    @Test func theLargestIntegerHasAllItsDigits() {
        #expect(text { $0.append(UInt64.max) } == "18446744073709551615")
    }

    @Test func numbersAreTheShortestThatGiveThemBack() {
        #expect(text { $0.append(Float(0.1)) } == "0.1")
        #expect(text { $0.append(0.1) } == "0.1")
        #expect(text { $0.append(Double(Float(0.1))) } == "0.10000000149011612")
        #expect(text { $0.append(-0.0) } == "0.0")
        #expect(text { $0.append(-Float.zero) } == "0.0")
        #expect(text { $0.append(1e300) } == "1e+300")
        #expect(text { $0.append(Float.nan) } == "null")
        #expect(text { $0.append(-Double.infinity) } == "null")
    }

    @Test func onlyWhatMustBeEscapedIs() {
        #expect(text { $0.append(quoted: "a/é\u{7F}𝄞") } == "\"a/é\u{7F}𝄞\"")
        #expect(text { $0.append(quoted: "é\"\\\u{8}\u{C}\n\r\t\u{1}\u{1F}") } == #""é\"\\\b\f\n\r\t\u0001\u001f""#)
        #expect(text { $0.append(quoted: "") } == "\"\"")
        // A string that is not stored as UTF-8 in one piece.
        let cut = "xxab\"c".dropFirst(2)
        #expect(text { $0.append(quoted: String(cut)) } == #""ab\"c""#)
    }

    @Test func hexadecimalDigits() {
        #expect(text { $0.append(hexadecimal: UInt8(0x0A)) } == "0a")
        for value in [0, 1, 0xF, 0x10, 0xABC, 0x1000_0000, UInt32.max] {
            #expect(text { $0.append(hexadecimal: value) } == String(value, radix: 16))
        }
    }

    @Test func afterRemovingItIsEmpty() {
        var text = UTF8Text()
        text.append("a")
        text.append(verbatim: "b\n")
        #expect(text.bytes == Array("ab\n".utf8))
        text.removeAll()
        #expect(text.bytes.isEmpty)
    }
}
