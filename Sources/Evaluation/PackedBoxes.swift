import SelectiveTuning

/// The boxes of many images in one array: the baselines walk over them again and again.
struct PackedBoxes {
    private var boxes: [Box] = []
    /// Of each image: where its boxes end, and the side of its input.
    private var images: [(end: UInt32, inputSize: UInt32)] = []

    init(_ groundTruth: some Sequence<GroundTruth>) {
        for image in groundTruth {
            boxes.append(contentsOf: image.boxes)
            images.append((UInt32(boxes.count), UInt32(image.inputSize)))
        }
    }

    var count: Int { images.count }

    func map<Value>(_ body: (ArraySlice<Box>, _ inputSize: Int) -> Value) -> [Value] {
        var start = 0
        return images.map { image in
            defer { start = Int(image.end) }
            return body(boxes[start..<Int(image.end)], Int(image.inputSize))
        }
    }
}
