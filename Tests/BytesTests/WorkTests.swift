@testable import Bytes
import Testing

@Suite struct WorkTests {
    @Test func aLineSaysHowFarItIs() {
        #expect(
            Work("reading", done: 12_400, of: 50_000, "files", seconds: 10).line
                == "reading: 12,400 of 50,000 files, 0:31 left")
        #expect(Work("searching", done: 7, "files", seconds: 10).line == "searching: 7 files")
        #expect(
            Work("SHA-256 of w", done: 50_000_000, of: 200_000_000, "bytes", seconds: 1).line
                == "SHA-256 of w: 50.0 of 200.0 MB, 0:03 left")
        #expect(Work("a", done: 0, of: 3, "files").line == "a: 0 of 3 files")
    }

    private final class Watch: @unchecked Sendable {
        var time = 0.0
        var states: [Work] = []
    }

    /// Whoever watches is told a few times a second, and of the end once.
    @Test func aMeterTellsNowAndThen() {
        let watch = Watch()
        let meter = WorkMeter("w", of: 100, "files", show: { watch.states.append($0) }, now: { watch.time })
        for _ in 0..<100 {
            watch.time += 0.01
            meter.advance()
        }
        meter.end()
        meter.end()
        #expect((4...6).contains(watch.states.count), "\(watch.states.count)")
        #expect(watch.states.dropLast().allSatisfy { !$0.isOver && $0.done <= 100 })
        #expect(watch.states.last == Work("w", done: 100, of: 100, "files", seconds: watch.time, isOver: true))
    }

    /// Work that ends with an error leaves no line behind.
    @Test func aMeterThatIsGoneHasEnded() {
        let watch = Watch()
        do { _ = WorkMeter("w", "files", show: { watch.states.append($0) }, now: { watch.time }) }
        #expect(watch.states.map(\.isOver) == [true])
    }
}
