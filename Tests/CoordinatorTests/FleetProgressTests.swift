import Coordinator
import Foundation
import Synchronization
import Testing

@Suite struct FleetProgressTests {
    /// Before the first lease no time of the work passes; that of the run does.
    @Test(arguments: [ProgressPrinter.Style.json, .plain])
    func progressGoesOnBeforeTheFirstLease(_ style: ProgressPrinter.Style) {
        let lines = Mutex<[String]>([])
        let printer = ProgressPrinter(style: style) { line in lines.withLock { $0.append(line) } }
        for second in 0...12 {
            let node = FleetProgress.Node(name: "n", state: .preparing, reason: "loading weights")
            printer.show(
                FleetProgress(
                    overall: Progress(done: 0, total: 10, failed: 0, elapsedSeconds: 0), nodes: [node],
                    secondsSinceResult: Double(second), runSeconds: Double(second)))
        }
        let shown = lines.withLock { $0 }
        #expect(shown.count == (style == .json ? 13 : 4), "\(shown)")
        #expect(shown.dropFirst().allSatisfy { $0.contains("n is preparing: loading weights") }, "\(shown)")
    }

    @Test func everySecondWithoutAResultHasAReason() {
        for state in FleetProgress.Node.State.allCases {
            for count in 0...2 {
                let nodes = (0..<count).map { FleetProgress.Node(name: "n\($0)", state: state) }
                let progress = FleetProgress(
                    overall: Progress(done: 0, total: 10, failed: 0, elapsedSeconds: 0), nodes: nodes,
                    secondsSinceResult: 1)
                #expect(progress.waitingReason?.isEmpty == false, "\(count) \(state)")
            }
        }
    }
}
