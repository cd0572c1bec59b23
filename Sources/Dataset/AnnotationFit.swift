import SelectiveTuning

/// An image's ground-truth boxes in the pixels of the image that was decoded.
///
/// Copies of a data set in another size keep the annotations of the original. Boxes that were taken over as they stand would
/// lie elsewhere than the objects, and every number made of them would be wrong:
///
/// * Annotated size equal to the decoded one: the boxes count as they are.
/// * Another size of the same aspect, within a pixel: the boxes are scaled.
/// * Any other size: the boxes are kept if they lie inside the image, a mismatch; else nothing is known of the image.
/// * No annotated size: the boxes count as they are; one side alone: they are scaled by nothing, a side that differs is a
///   mismatch.
///
/// Boxes that leave the frame which they are said to be in are not in it: a mismatch too, whatever the sizes say.
public struct AnnotationFit: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// Nothing speaks against the boxes.
        case asAnnotated
        /// The boxes were scaled from the annotated size to the decoded one.
        case resized
        /// The boxes are of another frame than they should be, as far as can be told; they were kept.
        case mismatch
    }

    /// The annotated size is not the image's, and the boxes do not lie in the image.
    public struct Contradiction: Error, Hashable, Sendable, CustomStringConvertible {
        public let description: String
    }

    public let kind: Kind
    /// In the decoded image's pixels; as many as the annotation has, in its order.
    public let boxes: [Box]

    /// How far, in pixels, a box may leave its frame and a scaled side may be off.
    static let tolerance: Float = 1

    /// - Parameters:
    ///   - declaredWidth: the annotation's size in pixels; nil where it gives none.
    ///   - width: the decoded image's size in pixels.
    public init(
        boxes: [Box], declaredWidth: Int?, declaredHeight: Int?, width: Int, height: Int
    ) throws(Contradiction) {
        let isInside = boxes.allSatisfy { Self.lies($0, inWidth: width, height: height) }
        // Of a side that is not annotated nothing can be said; the other one alone may be wrong.
        guard declaredWidth ?? width != width || declaredHeight ?? height != height else {
            kind = isInside ? .asAnnotated : .mismatch
            self.boxes = boxes
            return
        }
        if let declaredWidth, let declaredHeight,
            boxes.allSatisfy({ Self.lies($0, inWidth: declaredWidth, height: declaredHeight) }),
            Self.haveSameAspect((declaredWidth, declaredHeight), (width, height))
        {
            kind = .resized
            let (scaleX, scaleY) = (Float(width) / Float(declaredWidth), Float(height) / Float(declaredHeight))
            self.boxes = boxes.map { Box($0.x0 * scaleX, $0.y0 * scaleY, $0.x1 * scaleX, $0.y1 * scaleY) }
            return
        }
        guard isInside else {
            let outside = boxes.first { !Self.lies($0, inWidth: width, height: height) }!
            let sides = [declaredWidth, declaredHeight].map { $0.map(String.init) ?? "?" }.joined(separator: "x")
            throw Contradiction(
                description: "the annotation is of a \(sides) image, this one is "
                    + "\(width)x\(height), and the box [\(outside.x0), \(outside.y0), \(outside.x1), \(outside.y1)] "
                    + "does not lie in it")
        }
        kind = .mismatch
        self.boxes = boxes
    }

    private static func lies(_ box: Box, inWidth width: Int, height: Int) -> Bool {
        // The last pixel is width - 1; not-a-number lies nowhere.
        min(box.x0, box.y0) >= -tolerance && box.x1 <= Float(width - 1) + tolerance
            && box.y1 <= Float(height - 1) + tolerance
    }

    /// Sides that were rounded differ by little: in a picture of a few pixels, one pixel is another aspect.
    static let largestAspectError = 0.1

    /// Whether one size is the other scaled, with either side rounded to a neighbouring pixel.
    static func haveSameAspect(_ one: (width: Int, height: Int), _ other: (width: Int, height: Int)) -> Bool {
        let (ours, theirs) = (Double(other.height) * Double(one.width), Double(other.width) * Double(one.height))
        let difference = (ours - theirs).magnitude
        guard difference <= largestAspectError * min(ours, theirs) else { return false }
        // A side of the smaller one that is off by half a pixel is off by more in the larger one.
        return difference <= Double(max(one.width, one.height, other.width, other.height))
    }
}

extension ManifestEntry {
    /// How the annotation fits the decoded image, whose size in pixels this is.
    public func fit(width: Int, height: Int) throws(AnnotationFit.Contradiction) -> AnnotationFit {
        try AnnotationFit(
            boxes: boxes, declaredWidth: declaredWidth, declaredHeight: declaredHeight, width: width, height: height)
    }
}
