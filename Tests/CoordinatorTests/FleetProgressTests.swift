import Bytes
import Options
import Testing

@testable import Coordinator

@Suite struct FleetProgressTests {
    private let size = TerminalSize(columns: 80, rows: 24)

    private func progress(
        _ done: Int, of total: Int, seconds: Double, nodes: [FleetProgress.Node] = [], silence: Double = 0
    ) -> FleetProgress {
        FleetProgress(
            overall: Progress(done: done, total: total, failed: 0, elapsedSeconds: seconds), recentImagesPerSecond: 10,
            accuracy: RunningAccuracy(evaluated: done, top1Correct: done / 2, localized: done / 4), nodes: nodes,
            secondsSinceResult: silence, runSeconds: seconds)
    }

    /// Before the first lease no time of the work passes; that of the run does.
    @Test(arguments: [ProgressText.Form.json, .plain])
    func progressGoesOnBeforeTheFirstLease(_ form: ProgressText.Form) {
        var text = ProgressText(form)
        let shown = (0...12).compactMap { second in
            let node = FleetProgress.Node(name: "n", state: .preparing, reason: "loading weights")
            return text.state(
                FleetProgress(
                    overall: Progress(done: 0, total: 10, failed: 0, elapsedSeconds: 0), nodes: [node],
                    secondsSinceResult: Double(second), runSeconds: Double(second)),
                size: size)
        }
        // Plain: at once when it waits, and ten seconds later.
        #expect(shown.count == (form == .json ? 13 : 2), "\(shown)")
        #expect(shown.suffix(2).allSatisfy { $0.contains("n is preparing: loading weights") }, "\(shown)")
    }

    @Test func everySecondInWhichNobodyIsAtWorkHasAReason() {
        for state in FleetProgress.Node.State.allCases {
            for count in 0...2 {
                let nodes = (0..<count).map { FleetProgress.Node(name: "n\($0)", state: state) }
                let progress = progress(0, of: 10, seconds: 1, nodes: nodes, silence: 1)
                #expect(progress.waitingReason?.isEmpty == false, "\(count) \(state)")
            }
        }
    }

    /// Who was given a lease a moment ago is not waited for.
    @Test func aYoungLeaseIsNoReasonToWait() {
        func reason(lease: Double, silence: Double) -> String? {
            let nodes = [FleetProgress.Node(name: "n", state: .working, leaseAgeSeconds: lease)]
            return progress(0, of: 10, seconds: 30, nodes: nodes, silence: silence).waitingReason
        }
        #expect(reason(lease: 0.4, silence: 20) == nil)
        #expect(reason(lease: 20, silence: 4.9) == nil)
        #expect(reason(lease: 6.2, silence: 20) == "n has worked on a lease for 6 s")
    }

    /// A long run says little, a short one at every tenth.
    @Test func plainLinesComeAtEachTenthAndEveryTenSeconds() {
        func shown(_ total: Int, perSecond: Int) -> [String] {
            var text = ProgressText(.plain)
            return (0...100).compactMap { tick -> String? in
                let done = min(total, tick * perSecond)
                var progress = progress(done, of: total, seconds: Double(tick))
                progress.isOver = tick == 100
                return text.state(progress, size: size)
            }
        }
        let long = shown(1_000_000, perSecond: 1)
        #expect(long.count == 10, "\(long)")
        // Nine tenths on the way, then nothing for as long as nothing changes but now and then, and the end.
        let short = shown(100, perSecond: 2)
        #expect(short.count == 15, "\(short)")
        #expect(short[0].hasPrefix("10 / 100 images (10.0 %), "), "\(short[0])")
    }

    /// What people look for is never what a narrow terminal cuts.
    @Test(arguments: [30, 40, 60, 80, 200])
    func nothingOfTheCountsIsCut(_ columns: Int) {
        var progress = progress(31_248, of: 50_000, seconds: 9000)
        progress.overall.failed = 12
        progress.isAlone = true
        let lines = progress.liveLines(TerminalSize(columns: columns, rows: 24))
        #expect(lines.allSatisfy { $0.count < columns }, "\(lines)")
        let text = lines.joined(separator: "|")
        for part in [
            "31,248 / 50,000 images", "31:16 left", "10.0 images/s", "12 failed", "accuracy 50.0 %",
            "GT-known Loc .50 25.0 %",
        ] {
            #expect(text.contains(part), "\(part) of \(lines)")
        }
        // Two lines where there is room.
        #expect(columns < 80 || lines.count == 2, "\(lines)")
    }

    /// Images may be evaluated once more when each has a result.
    @Test func onlyTheEndSaysThatAllIsDone() {
        var progress = progress(600, of: 600, seconds: 20, nodes: [.init(name: "n", state: .working)])
        progress.leasesOut = 2
        let before = progress.liveLines(size) + [progress.plainLine]
        #expect(!before.contains { $0.contains("600 / 600") || $0.contains("100.0 %") }, "\(before)")
        #expect(before[0].contains("further ones are compared, 2 leases still out"), "\(before)")
        progress.isOver = true
        #expect(progress.liveLines(size)[0] == "600 / 600 images in 0:20, 30.0 images/s")
        #expect(progress.plainLine.hasPrefix("600 / 600 images in 0:20, 30.0 images/s; top-1 accuracy 50.0 %"))
    }

    /// The time in which nobody had work is in neither.
    @Test func timeAndSpeedAtTheEndAreOfOneClock() {
        var progress = progress(600, of: 600, seconds: 20)
        progress.runSeconds = 90
        progress.isOver = true
        #expect(progress.liveLines(size)[0] == "600 / 600 images in 0:20, 30.0 images/s")
    }

    /// A block that reaches the first row makes some terminals keep a copy of each.
    @Test(arguments: [3, 6, 10, 24]) func twoRowsStayFree(rows: Int) {
        let nodes = (0..<40).map { FleetProgress.Node(name: "n\($0)", state: .working, imagesDone: $0) }
        let lines = progress(10, of: 600, seconds: 20, nodes: nodes).liveLines(.init(columns: 80, rows: rows))
        #expect((1...rows - 2).contains(lines.count), "\(lines)")
    }

    @Test func aRunThatWasEndedSaysSo() {
        var progress = progress(60, of: 600, seconds: 20)
        progress.isOver = true
        #expect(progress.liveLines(size)[0] == "60 / 600 images (10.0 %), ended after 0:20, 3.0 images/s")
    }

    /// A dry run, or one without any node.
    @Test func aRunThatCameToNothingLeavesNoLine() {
        for form in [ProgressText.Form.plain, .live] {
            var text = ProgressText(form)
            var progress = progress(0, of: 600, seconds: 20)
            let first = text.state(progress, size: size) ?? ""
            #expect(first.contains("0 / 600"))
            progress.isOver = true
            #expect(text.state(progress, size: size) == (form == .plain ? nil : "\r\u{1B}[A\u{1B}[K"))
            #expect(text.message("no node", size: size) == "no node\n")
        }
    }

    /// The block is drawn over until the end, and what stands then is the end's.
    @Test func theLastStateTakesThePlaceOfTheOneBefore() {
        var text = ProgressText(.live)
        var progress = progress(600, of: 600, seconds: 1, nodes: [.init(name: "n", state: .working, imagesDone: 600)])
        let first = text.state(progress, size: size) ?? ""
        #expect(first.contains("each of 600 images has a result"))
        progress.isOver = true
        let last = text.state(progress, size: size) ?? ""
        #expect(last.hasPrefix("\r" + String(repeating: "\u{1B}[A\u{1B}[K", count: 4)), "\(last.debugDescription)")
        #expect(last.contains("done") && !last.contains("working"), "\(last.debugDescription)")
        // What comes then stands below it.
        #expect(!text.message("next", size: size).contains("\u{1B}"))
    }

    /// A line about long work vanishes; while a run goes on, there is none.
    @Test func longWorkHasALineForAsLongAsItTakes() {
        func work(_ seconds: Double, isOver: Bool = false) -> Work {
            Work("reading annotations", done: 100, of: 400, "files", seconds: seconds, isOver: isOver)
        }
        var text = ProgressText(.live)
        #expect(text.state(work(0.9), size: size) == nil)
        #expect(text.state(work(2), size: size) == "reading annotations: 100 of 400 files, 0:06 left\n")
        #expect(text.state(work(3, isOver: true), size: size) == "\r\u{1B}[A\u{1B}[K")
        _ = text.state(progress(0, of: 10, seconds: 0), size: size)
        #expect(text.state(work(2), size: size) == nil)
        var plain = ProgressText(.plain)
        #expect(plain.state(work(9), size: size) == nil)
        #expect(plain.state(work(10), size: size) == "reading annotations: 100 of 400 files, 0:30 left\n")
        #expect(plain.state(work(11, isOver: true), size: size) == nil)
    }
}
