import SelectiveTuning

/// A box that is the same for every image: what a method must beat to be localizing at all.
public enum Baseline: Hashable, Sendable {
    case wholeFrame
    /// A square in the middle, its side as a fraction (0 ... 1] of the input's.
    case centredSquare(Double)

    /// In an input of n pixels the square of side s is [n(1-s)/2, n(1-s)/2, n-1-n(1-s)/2, n-1-n(1-s)/2], computed in
    /// double and rounded to float32; the whole frame is that of side 1.
    public func box(inputSize: Int) -> Box {
        let size = Double(inputSize)
        let margin = size * (1 - side) / 2
        return Box(Float(margin), Float(margin), Float(size - 1 - margin), Float(size - 1 - margin))
    }

    public var side: Double {
        switch self {
        case .wholeFrame: 1
        case .centredSquare(let side): side
        }
    }

    public var name: String {
        switch self {
        case .wholeFrame: "whole frame"
        case .centredSquare(let side): "square \(shortDecimal(side))"
        }
    }

    /// The baseline's localization rates on these images; an image without boxes scores 0.
    public func evaluate(_ groundTruth: some Sequence<GroundTruth>, convention: IoUConvention) -> Localization {
        evaluate(PackedBoxes(groundTruth), convention: convention)
    }

    func evaluate(_ images: PackedBoxes, convention: IoUConvention) -> Localization {
        Localization(
            ious: images.map { boxes, inputSize in
                convention.bestMatch(of: box(inputSize: inputSize), among: boxes)?.iou ?? 0
            })
    }

    /// The centred square whose rate at `threshold` is highest, among the sides .05, .10, ... 1.00; the smallest side
    /// of equals. It is chosen on the images it is then scored on, so its rate is optimistic.
    public static func bestCentredSquare(
        at threshold: Double, _ groundTruth: some Sequence<GroundTruth>, convention: IoUConvention
    ) -> (side: Double, localization: Localization) {
        best(at: threshold, of: allSquares(PackedBoxes(groundTruth), convention: convention))
    }

    static func allSquares(
        _ images: PackedBoxes, convention: IoUConvention
    ) -> [(side: Double, localization: Localization)] {
        (1...20).map { step in
            let side = Double(step) / 20
            return (side, Baseline.centredSquare(side).evaluate(images, convention: convention))
        }
    }

    static func best(
        at threshold: Double, of squares: [(side: Double, localization: Localization)]
    ) -> (side: Double, localization: Localization) {
        var best = squares[0]
        for square in squares
        where square.localization.rate(at: threshold).count > best.localization.rate(at: threshold).count {
            best = square
        }
        return best
    }
}
