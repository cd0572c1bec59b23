import Testing

@testable import Coordinator

@Suite struct FleetProgressTests {
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
                size: TerminalSize(columns: 80, rows: 24))
        }
        #expect(shown.count == (form == .json ? 13 : 4), "\(shown)")
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
