import Dataset
import Protocol
import SelectiveTuning

extension LeasedImage {
    /// - Parameter mask: which of the input's pixels are the image's objects, as `PixelTruth.encoded`; nil for an image without
    ///   masks, and where maps are not measured against them.
    public init(index: UInt32, _ entry: ManifestEntry, mask: [UInt8]? = nil) {
        self.init(
            index: index, id: entry.id, label: UInt32(entry.label), boxes: entry.boxes.map(Rectangle.init),
            annotatedWidth: UInt32(clamping: entry.declaredWidth ?? 0),
            annotatedHeight: UInt32(clamping: entry.declaredHeight ?? 0), mask: mask)
    }

    /// How the annotation fits the decoded image.
    public func fit(width: Int, height: Int) throws(AnnotationFit.Contradiction) -> AnnotationFit {
        try AnnotationFit(
            boxes: boxes.map(Box.init), declaredWidth: annotatedWidth == 0 ? nil : Int(annotatedWidth),
            declaredHeight: annotatedHeight == 0 ? nil : Int(annotatedHeight), width: width, height: height)
    }
}
