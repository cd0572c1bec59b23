import CKernels
import SelectiveTuning

/// Turns score maps into boxes and counts how many fit. One a thread.
///
/// A map is resized to the input by bicubic interpolation, mapped to 8 bits between its least and its greatest value, and
/// cut at every threshold; a map that is constant or has a value that is no finite number is all zero, and its box is
/// (0, 0, 0, 0) everywhere. See `ck_score_map.h` for the exact rules, which are the WSOL benchmark's.
public final class MapScorer {
    public let inputSize: Int
    public let thresholds: MapThresholds
    public let convention: IoUConvention
    /// Of all images that were added.
    public private(set) var tally: MapTally

    /// A box of whole pixels.
    public struct PixelBox: Hashable, Sendable {
        public var x0: UInt16 = 0
        public var y0: UInt16 = 0
        public var x1: UInt16 = 0
        public var y1: UInt16 = 0

        public init() {}

        fileprivate init(_ box: ck_contour_box) {
            (x0, y0, x1, y1) = (box.x0, box.y0, box.x1, box.y1)
        }

        public var box: Box { Box(Float(x0), Float(y0), Float(x1), Float(y1)) }
    }

    /// What is found in a map, whatever the true boxes are.
    public struct Found: Sendable {
        /// The largest contour's box at each of the thresholds' `levels`.
        public let largest: [PixelBox]
        /// Where the greatest value is, the first of equals in rows from the top; nil where a value is not finite.
        public let maximum: (x: Int, y: Int)?
        /// The map is constant, or a value is not finite.
        public let isBlank: Bool
    }

    private let contours: OpaquePointer
    private var resized: [Float]
    private var levels: [UInt8]
    private var scratch: [Float] = []
    private var bestOfAll = [Double](repeating: 0, count: CK_CONTOUR_THRESHOLDS)

    /// `inputSize` is 1 ... 4096 pixels. Nil when there is no memory.
    public init?(inputSize: Int, thresholds: MapThresholds, convention: IoUConvention) {
        guard let contours = ck_contours_create(Int32(inputSize), Int32(inputSize)) else { return nil }
        self.contours = contours
        self.inputSize = inputSize
        self.thresholds = thresholds
        self.convention = convention
        tally = MapTally(thresholds: thresholds)
        resized = [Float](repeating: 0, count: inputSize * inputSize)
        levels = [UInt8](repeating: 0, count: inputSize * inputSize)
    }

    deinit { ck_contours_destroy(contours) }

    /// - Parameter values: [height, width], as many as `width * height`; both sides at least 1.
    public func find(_ values: [Float], width: Int, height: Int) -> Found {
        precondition(width > 0 && height > 0 && values.count == width * height, "\(values.count) of \(width)x\(height)")
        let size = Int32(inputSize)
        let needed = Int(ck_score_map_scratch(Int32(height), size))
        if scratch.count < needed { scratch = [Float](repeating: 0, count: needed) }
        ck_score_map_resize(values, Int32(height), Int32(width), &resized, size, size, &scratch)
        var first: Int64 = -1
        let isBlank = ck_score_map_levels(resized, Int64(resized.count), &levels, &first) == 0
        let maximum = first < 0 ? nil : (x: Int(first) % inputSize, y: Int(first) / inputSize)
        ck_contours_find(contours, levels)
        let boxes = ck_contours_largest(contours)!
        let largest = thresholds.levels.map { PixelBox(boxes[$0]) }
        return Found(largest: largest, maximum: maximum, isBlank: isBlank)
    }

    /// Counts an image whose map was the last that was found.
    /// - Parameter truth: the true boxes in the input.
    public func add(_ found: Found, truth: [Box]) {
        var last: (box: PixelBox, iou: Double)?
        let ofLargest = found.largest.map { box -> Double in
            if let last, last.box == box { return last.iou }
            let iou = best(box.box, truth)
            last = (box, iou)
            return iou
        }
        for threshold in bestOfAll.indices { bestOfAll[threshold] = found.isBlank ? ofLargest[0] : 0 }
        var count: Int32 = 0
        let boxes = ck_contours_boxes(contours, &count)!
        for index in 0..<Int(count) {
            let entry = boxes[index]
            let iou = best(PixelBox(entry).box, truth)
            guard iou >= MapTally.deltas[0] else { continue }
            for threshold in Int(entry.first)...Int(entry.last) where iou > bestOfAll[threshold] {
                bestOfAll[threshold] = iou
            }
        }
        tally.add(
            largest: ofLargest, all: thresholds.levels.map { bestOfAll[$0] },
            isPointed: found.maximum.map { PointingGame.isHit(x: $0.x, y: $0.y, truth) } ?? false,
            isBlank: found.isBlank)
    }

    private func best(_ box: Box, _ truth: [Box]) -> Double {
        var best = 0.0
        for other in truth { best = max(best, convention.iou(box, other)) }
        return best
    }
}
