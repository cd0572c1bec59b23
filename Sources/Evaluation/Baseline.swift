import SelectiveTuning

/// What is needed of an image to score a box that no network has drawn.
public struct GroundTruth: Hashable, Sendable {
    public var id: String
    public var label: Int
    /// In the network's input, after resize and crop; a box outside the crop stays, without extent.
    public var boxes: [Box]
    /// The side of the network's square input in pixels.
    public var inputSize: Int

    public init(id: String, label: Int, boxes: [Box], inputSize: Int) {
        self.id = id
        self.label = label
        self.boxes = boxes
        self.inputSize = inputSize
    }
}

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

/// The rows that stand beside every result, under the same protocol and on the same images.
public struct Baselines: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        public var baseline: Baseline
        /// The threshold for which the side was chosen on these same images; nil for a side fixed beforehand.
        public var chosenAt: Double?
        public var localization: Localization

        public var name: String {
            guard let chosenAt else { return baseline.name }
            return "best \(baseline.name) at \(shortDecimal(chosenAt))"
        }
    }

    public let imageCount: Int
    public let rows: [Row]

    /// The whole frame; squares of the given sides; the best squares at .50 and at .75.
    public init(
        _ groundTruth: some Sequence<GroundTruth>, convention: IoUConvention, sides: [Double] = [0.70, 0.75, 0.85]
    ) {
        self.init(PackedBoxes(groundTruth), convention: convention, sides: sides)
    }

    init(_ images: PackedBoxes, convention: IoUConvention, sides: [Double] = [0.70, 0.75, 0.85]) {
        imageCount = images.count
        let fixed = [Baseline.wholeFrame] + sides.map { .centredSquare($0) }
        let squares = Baseline.allSquares(images, convention: convention)
        rows =
            fixed.map { baseline in
                Row(baseline: baseline, localization: baseline.evaluate(images, convention: convention))
            }
            + [0.50, 0.75].map { threshold in
                let best = Baseline.best(at: threshold, of: squares)
                return Row(
                    baseline: .centredSquare(best.side), chosenAt: threshold, localization: best.localization)
            }
    }

    init(imageCount: Int, rows: [Row]) {
        self.imageCount = imageCount
        self.rows = rows
    }

    /// One baseline alone.
    public init(_ groundTruth: some Sequence<GroundTruth>, convention: IoUConvention, only baseline: Baseline) {
        let images = PackedBoxes(groundTruth)
        imageCount = images.count
        rows = [Row(baseline: baseline, localization: baseline.evaluate(images, convention: convention))]
    }
}
