import Coordinator
import Foundation
import Testing

@Suite struct ProgressTests {
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
        final class Lines: @unchecked Sendable { var all: [String] = [] }
        let lines = Lines()
        let printer = ProgressPrinter(style: .json) { lines.all.append($0) }
        for (done, seconds) in [(1, 0.0), (2, 0.5), (3, 1.25), (4, 1.5)] {
            printer.show(Progress(done: done, total: 4, failed: 0, elapsedSeconds: seconds))
        }
        #expect(lines.all.count == 3)
        #expect(lines.all[1].hasPrefix(#"{"event":"progress","done":3,"total":4,"failed":0,"elapsed_seconds":1.25"#))
    }
}
