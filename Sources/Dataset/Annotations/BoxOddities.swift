import SelectiveTuning

/// Boxes that can be what they say, and hardly are what was meant.
public struct BoxOddities: Sendable {
    /// Boxes seen.
    public private(set) var boxes = 0
    /// No pixel of the image is in the box.
    public private(set) var outside = 0
    /// All coordinates in 0...1, some of them fractions: shares of the image's sides, where pixels are expected.
    public private(set) var fractions = 0
    /// All coordinates in 0...1.
    public private(set) var tiny = 0
    private var firstOutside: String?

    public init() {}

    init(of list: AnnotationList) {
        for annotation in list {
            for box in annotation.boxes {
                add(box, of: annotation.id, width: annotation.declaredWidth, height: annotation.declaredHeight)
            }
        }
    }

    /// Sizes in pixels; nil where they are not known.
    public mutating func add(_ box: Box, of id: String, width: Int?, height: Int?) {
        boxes += 1
        let corners = [box.x0, box.y0, box.x1, box.y1]
        if corners.allSatisfy({ (0...1).contains($0) }) {
            tiny += 1
            if corners.contains(where: { $0 != 0 && $0 != 1 }) { fractions += 1 }
        }
        guard let width, let height else { return }
        // Counted from 0 or from 1.
        guard box.x1 < 0 || box.y1 < 0 || box.x0 > Float(width) || box.y0 > Float(height) else { return }
        outside += 1
        firstOutside = firstOutside ?? "\(box.x0), \(box.y0), \(box.x1), \(box.y1) of \(id), \(width)x\(height)"
    }

    /// Sentences for the user; `source` is whose boxes they are.
    public func notes(_ source: String) -> [String] {
        var notes: [String] = []
        if fractions > 0 || (tiny == boxes && boxes > 0) {
            notes.append(
                "\(max(fractions, tiny == boxes ? tiny : 0)) of \(boxes) boxes of \(source) lie within 0...1: shares of the "
                    + "image's sides? Pixels are expected")
        }
        if let firstOutside {
            notes.append(
                "\(outside) of \(boxes) boxes of \(source) lie wholly outside of their image, the first is \(firstOutside)"
            )
        }
        return notes
    }
}
