import Foundation
import Testing

@testable import Options

@Suite struct HelpTextTests {
    @Test func entriesAreFilledBesideTheirNames() {
        #expect(
            HelpLayout.entry("--out DIR", "one two", end: "(three four)")
                == ["  --out DIR                 one two (three four)"])
        let long = HelpLayout.entry("--exe-mode bbox_eval|bbox_viz", "boxes", end: "(a b)")
        #expect(long == ["  --exe-mode bbox_eval|bbox_viz", String(repeating: " ", count: 28) + "boxes (a b)"])
        // A default is not cut, unless no line could hold it.
        let text = String(repeating: "word ", count: 9)
        #expect(HelpLayout.entry("--x", text, end: "(in one piece)").last?.hasSuffix("   (in one piece)") == true)
        let end = "(" + String(repeating: "many ", count: 15) + "words)"
        #expect(HelpLayout.entry("--x", text, end: end).allSatisfy { $0.count <= HelpLayout.width })
    }

    @Test func paragraphsAreFilledAnew() {
        #expect(HelpLayout.paragraphs("a\nb\n\nc") == ["a b", "", "c"])
        #expect(HelpLayout.usage("p --out DIR [x]", isFirst: true) == ["usage: p --out DIR [x]"])
        let long = HelpLayout.usage("p " + String(repeating: "[abcdef] ", count: 7) + "--out DIRECTORY", isFirst: true)
        #expect(long.last == "         --out DIRECTORY")
    }
}
