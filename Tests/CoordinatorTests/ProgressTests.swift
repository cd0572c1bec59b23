import Bytes
import Foundation
import Testing

@testable import Coordinator

@Suite struct ProgressTests {
    private let size = TerminalSize(columns: 80, rows: 24)

    @Test func oneLineSaysWhatIsDoneHowFastAndHowLong() {
        let progress = Progress(done: 1250, total: 50_000, failed: 0, elapsedSeconds: 5)
        #expect(progress.line == "1,250 / 50,000 images (2.5 %), 250.0 images/s, 3:15 left")
        #expect(
            Progress(done: 1, total: 7300, failed: 1, elapsedSeconds: 1).line
                == "1 / 7,300 images (0.0 %), 1.0 images/s, 2:01:39 left, 1 failed")
        #expect(
            Progress(done: 3, total: 3, failed: 0, elapsedSeconds: 0).line == "3 / 3 images (100.0 %), 0.0 images/s")
    }

    @Test func jsonLinesAreThrottledButTheLastIsShown() {
        var text = ProgressText(.json)
        let lines = [(1, 0.0), (2, 0.5), (3, 1.25), (4, 1.5)].compactMap { done, seconds in
            text.state(Progress(done: done, total: 4, failed: 0, elapsedSeconds: seconds), size: size)
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
        // Count, waiting reason and node.
        let lines = progress.liveLines(size)
        #expect(lines.count == 3 && lines.allSatisfy { isOneVisibleLine($0 + "\n") }, "\(lines)")
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
