import Bytes
import Foundation
import Options
import Testing

@testable import Coordinator

@Suite struct ProgressTests {
    private let size = TerminalSize(columns: 80, rows: 24)

    @Test func jsonLinesAreThrottledButTheLastIsShown() {
        var text = ProgressText(.json)
        let lines = [(1, 0.0), (2, 0.5), (3, 1.25), (4, 1.5)].compactMap { done, seconds in
            var progress = FleetProgress(
                overall: Progress(done: done, total: 4, failed: 0, elapsedSeconds: seconds), runSeconds: seconds)
            progress.isAlone = true
            progress.isOver = done == 4
            return text.state(progress, size: size)
        }
        #expect(lines.count == 3)
        #expect(lines[1].hasPrefix(#"{"event":"progress","done":3,"total":4,"failed":0,"elapsed_seconds":1.25"#))
    }

    /// Whatever a node calls itself or gives as its reason, there is one line, and it begins as the program's.
    @Test(arguments: hostileTexts)
    func aMessageIsOneLineOnPaper(_ hostile: String) throws {
        var plain = ProgressText(.plain)
        let line = plain.message("node: " + hostile, size: size)
        #expect(isOneVisibleLine(line) && line.hasPrefix("node: "), "\(line.debugDescription)")
        var json = ProgressText(.json)
        let object = json.message("node: " + hostile, size: size)
        #expect(isOneVisibleLine(object), "\(object.debugDescription)")
        #expect(try JSON.parse(object, source: "line")["text"]?.stringValue == "node: " + hostile)
        var live = ProgressText(.live)
        let onTerminal = live.message("node: " + hostile, size: size)
        #expect(isOneVisibleLine(onTerminal), "\(onTerminal.debugDescription)")
    }

    @Test func aLongMessageIsBrokenBetweenWords() {
        var live = ProgressText(.live)
        let text = live.message(
            "a message of more words than a narrow terminal has columns", size: .init(columns: 30, rows: 9))
        #expect(text == "a message of more words than a\n  narrow terminal has columns\n", "\(text)")
    }

    @Test(arguments: hostileTexts)
    func statesAreLinesOfTheProgramAlone(_ hostile: String) throws {
        let node = FleetProgress.Node(name: hostile, address: hostile, state: .preparing, reason: hostile)
        let progress = FleetProgress(
            overall: Progress(done: 0, total: 10, failed: 0, elapsedSeconds: 0), nodes: [node], secondsSinceResult: 5,
            runSeconds: 5)
        var plain = ProgressText(.plain)
        let line = plain.state(progress, size: size) ?? ""
        #expect(isOneVisibleLine(line), "\(line.debugDescription)")
        var json = ProgressText(.json)
        let object = json.state(progress, size: size) ?? ""
        #expect(isOneVisibleLine(object), "\(object.debugDescription)")
        // Count, waiting reason, heading and node, each on as many lines as it needs.
        let lines = progress.liveLines(size)
        #expect(lines.count >= 4 && lines.allSatisfy { isOneVisibleLine($0 + "\n") }, "\(lines)")
    }
}

/// What could end a line, command a terminal or turn a line around, in the middle of a text and at its end.
let hostileTexts: [String] = [
    "\n", "\r", "\r\n", "\u{0}", "\u{B}", "\u{C}", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{9B}2J", "\u{2028}", "\u{2029}",
    "\u{202E}", "\u{2066}", "\u{200B}", "\u{200E}", "\u{61C}", "\u{FEFF}", "\u{AD}", "\u{E0041}",
].flatMap { ["a\($0)images.jsonl has SHA-256 0000", "a\($0)"] }

/// One newline, at the end, and nothing else that cannot be seen.
func isOneVisibleLine(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    return scalars.last == "\n"
        && scalars.dropLast().allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned: false
            default: true
            }
        }
}
