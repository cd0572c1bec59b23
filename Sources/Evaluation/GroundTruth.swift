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
