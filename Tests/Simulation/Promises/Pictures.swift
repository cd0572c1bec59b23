@testable import Coordinator

// Beside each result that counts lies the file that was made with it, and beside what has none, none.

extension Simulator {
    mutating func checkPictures() {
        guard chaos.pictures != nil else { return }
        finishNaming()
        // Of results that differ none lies there until the dispute is settled.
        let open = Set(run.ledger.disputes.map(\.image))
        for image in open where pictures[image] != nil { fail("image \(image) is disputed, and has a file") }
        for image in 0..<chaos.images where !open.contains(image) {
            guard case .evaluated(let found)? = (try? run.ledger.result(image))?.outcome, !run.ledger.isFailed(image)
            else {
                if pictures[image] != nil { fail("image \(image) has no result, and a file") }
                continue
            }
            guard let picture = pictures[image] else { return fail("image \(image) has no file") }
            if picture != SimulatedRun.picture(of: found) { fail("the file of image \(image) is another result's") }
        }
    }
}
