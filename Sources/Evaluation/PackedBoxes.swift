import SelectiveTuning

/// The boxes of many images in one array: the baselines walk over them again and again.
struct PackedBoxes: Sendable {
    private var boxes: [Box] = []
    private var images: [Image] = []
    /// Images that were evaluated too.
    private(set) var evaluated = 0

    private struct Image {
        /// Where its boxes end.
        var end: UInt32
        /// The side of its input in pixels, twice; odd for one that was evaluated.
        var sizeAndEvaluated: UInt32

        var inputSize: Int { Int(sizeAndEvaluated >> 1) }
        var isEvaluated: Bool { sizeAndEvaluated & 1 == 1 }
    }

    init() {}

    init(_ groundTruth: some Sequence<GroundTruth>) {
        for image in groundTruth { append(image, isEvaluated: false) }
    }

    mutating func reserveCapacity(_ count: Int) {
        boxes.reserveCapacity(count)
        images.reserveCapacity(count)
    }

    mutating func append(_ image: GroundTruth, isEvaluated: Bool) {
        boxes.append(contentsOf: image.boxes)
        images.append(
            Image(
                end: UInt32(boxes.count), sizeAndEvaluated: UInt32(image.inputSize) << 1 | (isEvaluated ? 1 : 0)))
        if isEvaluated { evaluated += 1 }
    }

    var count: Int { images.count }

    func map<Value>(
        evaluatedOnly: Bool = false, _ body: (ArraySlice<Box>, _ inputSize: Int) -> Value
    ) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(evaluatedOnly ? evaluated : count)
        var start = 0
        for image in images {
            let end = Int(image.end)
            if image.isEvaluated || !evaluatedOnly { values.append(body(boxes[start..<end], image.inputSize)) }
            start = end
        }
        return values
    }
}
