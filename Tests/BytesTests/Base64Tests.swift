import Bytes
import Foundation
import Testing

@Suite struct Base64Tests {
    @Test func encodesAsFoundationDoesAndBack() {
        var generator = SplitMix64(seed: 4)
        for count in 0..<80 {
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.encode(bytes) == text)
            #expect(Base64.decode(text) == bytes)
            #expect(Base64.decode(text.map { "\($0)\r\n" }.joined()) == bytes)
        }
    }

    @Test(arguments: [
        "A", "AA", "AAA", "AA=", "AAA==", "A===", "AA==AA==", "AB==", "AAB=", "AA=A", "A-A_", "\u{e9}AAA",
    ])
    func whatIsNotWholeIsRefused(text: String) { #expect(Base64.decode(text) == nil) }
}
