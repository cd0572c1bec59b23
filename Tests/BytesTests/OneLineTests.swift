import Bytes
import Testing

@Suite struct OneLineTests {
    @Test func whatCannotBeSeenIsWrittenOut() {
        #expect("a\nb\r\n\tc".onOneLine == #"a\nb\r\n\tc"#)
        #expect("\u{0}\u{1B}[31m\u{85}\u{2028}\u{202E}".onOneLine == #"\u{0}\u{1B}[31m\u{85}\u{2028}\u{202E}"#)
        #expect("\u{E0041}\u{FEFF}".onOneLine == #"\u{E0041}\u{FEFF}"#)
    }

    @Test(arguments: ["", "plain text, with \"quotes\" \\ and ~", "Zürich, Łódź, Αθήνα, 写真, صورة, 🐈", "e\u{301}"])
    func whatCanBeSeenStays(_ text: String) {
        #expect(text.onOneLine == text)
        #expect("x\(text)".dropFirst().onOneLine == text)
    }

    @Test func noScalarMakesASecondLine() {
        for value in UInt32(0)...0x10FFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let line = String(scalar).onOneLine
            if line.contains(where: \.isNewline) { Issue.record("U+\(String(value, radix: 16))") }
        }
    }
}
