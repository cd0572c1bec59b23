@testable import Coordinator

// Each image counts once, and what counted stays.

extension Simulator {
    /// What must hold at any time.
    mutating func checkAlways() {
        guard !isBetweenRuns else { return }
        if let broken = schedule.brokenInvariants().first { return fail(broken) }
        for image in 0..<chaos.images {
            let isDone = run.ledger.isDone(image) && !run.ledger.isFailed(image)
            if isDone != (schedule.state(of: image) == .done) {
                return fail("image \(image) is \(schedule.state(of: image)), and \(isDone ? "" : "not ")in the ledger")
            }
        }
        for (id, session) in run.sessions where session.held.count > 2000 {
            fail("\(session.held.count) events of connection \(id) are kept")
        }
    }

    /// After a crash: what was in the journal still counts, but for results whose file the crash took.
    mutating func checkKept(of earlier: Ledger, until cut: Int, files: Set<Int>) {
        let longest = 400
        for image in 0..<chaos.images where earlier.isDone(image) && !earlier.isFailed(image) {
            guard let place = earlier.state.place(image), Int(place) + longest < cut else { continue }
            if chaos.pictures != nil, !files.contains(image) { continue }
            if !run.ledger.isDone(image) { return fail("image \(image) counted, was written, and is lost") }
        }
    }

    /// Every image is done with the right result, or given up for a reason that the chaos explains; the journal holds
    /// the same.
    mutating func checkEnd() {
        checkAlways()
        if mistake != .forgetsTheJournal { try? run.ledger.journal.flush() }
        guard let again = try? SimulatedRun.ledger(manifest, InMemoryStorage(storage.bytes)) else {
            return fail("the journal cannot be opened")
        }
        for image in 0..<chaos.images {
            switch schedule.state(of: image) {
            case .done:
                checkResult(image)
                if !again.isDone(image) { fail("image \(image) is done and not in the journal") }
            case .failed: checkGivenUp(image)
            case .pending, .leased, .retrying: fail("image \(image) is not over")
            }
        }
        checkPictures()
        checkVerifications()
        checkDisputes()
    }

    private func isHonest(_ name: String, _ image: Int) -> Bool {
        chaos.nodes.allSatisfy { node in
            node.name != name
                || node.differsEvery.map { image % $0 != 0 } ?? true && !(node.hasOtherFiles && image % 3 == 0)
        }
    }

    /// Where two honest nodes evaluated an image, their result counts; where one did alone, its result.
    private mutating func checkResult(_ image: Int) {
        let names = run.ledger.evaluators(image)
        let honest = names.filter { isHonest($0, image) }.count
        guard honest >= 2 || honest == names.count else { return }
        guard let result = try? run.ledger.result(image) else { return fail("image \(image) has no result") }
        if result.outcome != SimulatedRun.result(image).outcome { fail("image \(image) has another result") }
    }
}
