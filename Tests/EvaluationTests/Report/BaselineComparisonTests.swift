import Testing

@testable import Evaluation

struct BaselineComparisonTests {
    private func comparison(_ ours: Int, _ theirs: Int, of images: Int = 100) -> BaselineComparison {
        BaselineComparison(ours: Rate(count: ours, of: images), theirs: Rate(count: theirs, of: images), paired: nil)
    }

    private func paired(both: Int, ours: Int, theirs: Int, neither: Int) -> BaselineComparison {
        var outcome = PairedOutcome()
        for (count, first, second) in [
            (both, true, true), (ours, true, false), (theirs, false, true), (neither, false, false),
        ] {
            for _ in 0..<count { outcome.count(first: first, second: second) }
        }
        return BaselineComparison(ours: outcome.first, theirs: outcome.second, paired: outcome)
    }

    @Test func withoutTheImagesIntervalsDecide() {
        // 29.4 (26.0-33.0) and 29.1: what a number alone would call "above".
        #expect(comparison(191, 189, of: 650).verdict == .unclear)
        // 55.8 (52.0-59.6) and 63.1 (59.3-66.7) overlap.
        #expect(comparison(363, 410, of: 650).verdict == .unclear)
        #expect(comparison(40, 70).verdict == .below && comparison(70, 40).verdict == .above)
        #expect(comparison(0, 0, of: 0).verdict == .unclear && comparison(50, 50).verdict == .unclear)
    }

    @Test func onTheSameImagesTheTestDecides() {
        // Intervals that overlap, and a difference on the same images all the same.
        #expect(paired(both: 50, ours: 2, theirs: 14, neither: 34).verdict == .below)
        #expect(paired(both: 50, ours: 14, theirs: 2, neither: 34).verdict == .above)
        #expect(paired(both: 20, ours: 11, theirs: 10, neither: 59).verdict == .unclear)
        #expect(paired(both: 0, ours: 0, theirs: 0, neither: 0).verdict == .unclear)
        // p is .0625 with five of five, .03125 with six of six.
        #expect(paired(both: 9, ours: 5, theirs: 0, neither: 9).verdict == .unclear)
        #expect(paired(both: 9, ours: 6, theirs: 0, neither: 9).verdict == .above)
    }

    @Test func noVerdictIsShouted() {
        for verdict in [comparison(40, 70), comparison(70, 40), comparison(50, 50)] {
            let text = verdict.text("the best centred square")
            #expect(text == text.lowercased())
        }
    }
}
