@testable import Coordinator

// Beside each result that counts lies the file that was made with it, and beside what has none, none.

extension Simulator {
    /// What was known of the files is lost with the process.
    mutating func notePictures(of earlier: Ledger, _ unheard: [Int]) {
        uncertainPictures.formUnion(unheard)
        // Without what the journal had not kept, an earlier result may count again.
        for image in pictures.keys where (try? earlier.result(image)) != (try? run.ledger.result(image)) {
            uncertainPictures.insert(image)
        }
    }

    mutating func checkPictures() {
        guard chaos.pictures != nil else { return }
        // Of results that differ, the last one's lies there until the dispute is settled.
        let open = Set(run.ledger.disputes.map(\.image))
        for image in 0..<chaos.images where !open.contains(image) && !uncertainPictures.contains(image) {
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
