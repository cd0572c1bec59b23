import SelectiveTuning

/// What is known of one image: its class and the boxes of its objects.
public struct Annotation: Sendable, Hashable {
    /// The image file's stem, or its path where several images have one stem.
    public let id: String
    /// The class's index.
    public let label: Int
    /// In the original image's pixels; at least one. Of an image with masks those around each mask's object.
    public let boxes: [Box]
    /// The image's size as the annotation says; the decoded image's size is the one that counts.
    public let declaredWidth: Int?
    public let declaredHeight: Int?
    /// The files that show which pixels are the objects'; nil where there are boxes alone.
    public let masks: MaskNames?

    public init(
        id: String, label: Int, boxes: [Box], declaredWidth: Int? = nil, declaredHeight: Int? = nil,
        masks: MaskNames? = nil
    ) {
        self.id = id
        self.label = label
        self.boxes = boxes
        self.declaredWidth = declaredWidth
        self.declaredHeight = declaredHeight
        self.masks = masks
    }
}
