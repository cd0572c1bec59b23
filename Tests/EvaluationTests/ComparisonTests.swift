@testable import Evaluation
import SelectiveTuning
import Testing

@Suite struct PairedOutcomeTests {
    private func outcome(_ first: Int, _ second: Int) -> PairedOutcome {
        var outcome = PairedOutcome()
        for _ in 0..<first { outcome.count(first: true, second: false) }
        for _ in 0..<second { outcome.count(first: false, second: true) }
        return outcome
    }

    /// Against the binomial distribution by hand: 2 * (1 + 10 + 45) / 1024 and the like.
    @Test func pIsTheTwoSidedBinomialOne() {
        #expect(outcome(0, 0).p == 1)
        #expect(outcome(1, 0).p == 1)
        #expect(abs(outcome(2, 8).p - 2 * 56 / 1024) < 1e-12)
        #expect(abs(outcome(8, 2).p - 2 * 56 / 1024) < 1e-12)
        #expect(outcome(5, 5).p == 1)
        #expect(abs(outcome(0, 10).p - 2.0 / 1024) < 1e-12)
        // Thousands do not underflow; the normal approximation of 2,100 against 1,900 has z = 3.16.
        #expect((0.0015...0.0017).contains(outcome(2100, 1900).p))
        #expect(outcome(0, 5000).p == 0)
    }

    @Test func sharesAreOfAllImages() {
        var outcome = outcome(3, 1)
        for _ in 0..<4 { outcome.count(first: true, second: true) }
        for _ in 0..<2 { outcome.count(first: false, second: false) }
        #expect(outcome.images == 10)
        #expect(outcome.first == Rate(count: 7, of: 10) && outcome.second == Rate(count: 5, of: 10))
        #expect(outcome.neither == 2)
    }
}

@Suite struct RunComparisonTests {
    @Test func whatChangedIsListed() throws {
        let first = SampleRun.run(20).records
        var second = first
        second[3].iou = first[3].iou >= 0.5 ? 0.1 : 0.9
        second[5].top5 = [first[5].label == 7 ? 8 : 7] + Array(first[5].top5.dropFirst())
        second[6].scores[0] += 1  // no criterion asks for it
        let comparison = try RunComparison(first: first, second: second)
        #expect(comparison.changed.map(\.first.id).contains("image-3"))
        #expect(!comparison.changed.map(\.first.id).contains("image-6"))
        for (criterion, outcome) in zip(comparison.criteria, comparison.outcomes) {
            #expect(outcome.images == 20)
            #expect(outcome.first.count == first.count { criterion.isMet($0) })
            #expect(outcome.second.count == second.count { criterion.isMet($0) })
        }
        let lines = comparison.changedCSV.split(separator: "\n")
        #expect(lines.count == comparison.changed.count + 1)
        #expect(lines[0] == "id,label,first_class,second_class,first_iou,second_iou")
        #expect(try abs(#require(comparison.meanIoUDifference) - (second[3].iou - first[3].iou) / 20) < 1e-12)
        #expect(comparison.plain(first: "A", second: "B", width: 80).contains("(McNemar)"))
        let back = try RunComparison(first: second, second: first).plain(first: "A", second: "B", width: 80)
        let sign = second[3].iou > first[3].iou ? "-" : "+"
        #expect(back.contains("Mean IoU of B minus that of A: \(sign)0.0"))
        #expect(comparison.json(haveSameFiles: true)["changed_images"]?.intValue == comparison.changed.count)
    }

    @Test func runsOverOtherImagesAreRefused() throws {
        let first = SampleRun.run(5).records
        #expect {
            _ = try RunComparison(first: first, second: Array(first.dropLast()))
        } throws: {
            "\($0)" == "the runs have 5 and 4 images"
        }
        var second = first
        second[2].id = "other"
        #expect {
            _ = try RunComparison(first: first, second: second)
        } throws: {
            "\($0)".contains("image-2") && "\($0)".contains("other")
        }
        second = first
        second[4].label = 99
        #expect {
            _ = try RunComparison(first: first, second: second)
        } throws: {
            "\($0)" == "image image-4 has class 4 in one run and 99 in the other"
        }
    }
}

@Suite struct CSVFieldTests {
    @Test(arguments: [
        ("a/b.jpeg", "a/b.jpeg"), ("b, c", "\"b, c\""), ("d \"e\"", "\"d \"\"e\"\"\""), ("f\ng", "\"f\ng\""),
    ])
    func isQuotedWhereItMustBe(text: String, field: String) {
        #expect(CSVField.quoted(text) == field)
    }
}
