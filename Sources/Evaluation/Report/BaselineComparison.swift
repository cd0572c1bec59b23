import Bytes

/// Whether a run localizes more or fewer images than a box that looks at none, as far as the images allow to say: by McNemar's
/// exact test where both are known image by image, else by whether the 95 % intervals overlap.
struct BaselineComparison: Equatable {
    enum Verdict: Equatable { case above, below, unclear }

    /// Of the test, from which on chance will do as an explanation.
    static let level = 0.05

    let verdict: Verdict
    /// Of the test; nil where it could not be made.
    let p: Double?

    init(ours: Rate, theirs: Rate, paired: PairedOutcome?) {
        p = paired?.p
        let isClear: Bool
        if let p {
            isClear = p < Self.level
        } else if let ours = ours.interval, let theirs = theirs.interval {
            isClear = ours.low > theirs.high || theirs.low > ours.high
        } else {
            isClear = false
        }
        guard isClear, let one = ours.value, let other = theirs.value, one != other else {
            verdict = .unclear
            return
        }
        verdict = one > other ? .above : .below
    }

    /// "above the best centred square"
    func text(_ name: String) -> String {
        switch verdict {
        case .above: "above \(name)"
        case .below: "below \(name)"
        case .unclear: "no clear difference from \(name)"
        }
    }

    /// What stands below such texts.
    static func explanation(isPaired: Bool) -> String {
        isPaired
            ? "Above, below: McNemar's exact test on the same images gives p < .05; else there is no clear difference."
            : "Above, below: the 95 % intervals do not overlap; else there is no clear difference."
    }
}

extension ReportData {
    /// The run's and a baseline's box on each image, localized or not; nil where the true boxes are not known.
    func paired(with baseline: Baseline, at threshold: Double) -> PairedOutcome? {
        let theirs = ious(of: baseline)
        guard !theirs.isEmpty else { return nil }
        var outcome = PairedOutcome()
        for (point, other) in zip(points, theirs) {
            outcome.count(first: point.iou >= threshold, second: other >= threshold)
        }
        return outcome
    }
}
