import Bytes
import Testing

import Options

@Suite struct TerminalTests {
    /// What cannot move its cursor gets lines that stay.
    @Test func onlyATerminalThatSaysWhatItIsIsDrawnOver() {
        #expect(LiveTerminal.isLive(isTerminal: true, type: "xterm-256color"))
        for type in ["dumb", "unknown", "", nil] { #expect(!LiveTerminal.isLive(isTerminal: true, type: type)) }
        #expect(!LiveTerminal.isLive(isTerminal: false, type: "xterm"))
    }

    @Test func partsStandOnAsFewLinesAsHoldThem() {
        #expect(TerminalText.joined(["aa", "bb", "cc"], width: 6) == ["aa, bb", "cc"])
        #expect(TerminalText.joined(["aa", "bb", "cc"], width: 80) == ["aa, bb, cc"])
        #expect(TerminalText.joined(["aaaaaaaaaa", "b"], width: 6) == ["aaa...", "b"])
        #expect(TerminalText.joined([], width: 6) == [])
    }

    @Test func theMiddleOfALongNameIsLeftOut() {
        #expect(TerminalText.elided("node-of-somebody:7101", width: 12) == "node...:7101")
        #expect(TerminalText.elided("node", width: 12) == "node")
        #expect(TerminalText.elided("no\u{1B}[2J", width: 12) == "no?[2J")
    }

    private final class Written: @unchecked Sendable {
        var text: [String] = []
    }

    private func written(isLive: Bool, _ seconds: [Double], end: Double) -> [String] {
        let written = Written()
        let printer = WorkPrinter(isLive: isLive) { written.text.append($0) }
        for time in seconds { printer.show(Work("w", done: 1, "files", seconds: time)) }
        printer.show(Work("w", done: 1, "files", seconds: end, isOver: true))
        return written.text
    }

    @Test func shortWorkIsNotShown() {
        #expect(written(isLive: true, [0.2, 0.4, 0.8], end: 0.9) == [])
        #expect(written(isLive: false, [0.2, 4, 9.9], end: 9.95) == [])
    }

    @Test func longWorkIsShownAndVanishes() {
        let back = "\r\u{1B}[A\u{1B}[K"
        #expect(written(isLive: true, [1.2, 1.3, 1.5], end: 2) == ["w: 1 files\n", back + "w: 1 files\n", back])
        #expect(written(isLive: false, [10, 11, 19, 20], end: 21) == ["w: 1 files\n", "w: 1 files\n"])
    }
}
