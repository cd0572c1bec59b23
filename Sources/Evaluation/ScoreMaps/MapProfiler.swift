import CKernels
import SelectiveTuning

/// Makes profiles of score maps. One a thread.
///
/// A map is resized to the input by bicubic interpolation, mapped to 8 bits between its least and its greatest value, and
/// cut at every level; a map that is constant or has a value that is no finite number is all zero, and its box is
/// (0, 0, 0, 0) everywhere. See `ck_score_map.h` for the exact rules, which are the WSOL benchmark's.
public final class MapProfiler {
    public let inputSize: Int
    public let convention: IoUConvention

    private let contours: OpaquePointer
    /// The last map that was not of the input's size, in the input's.
    private(set) var resized: [Float]
    private var levels: [UInt8]
    private var scratch: [Float] = []
    /// Which pixels lie in a true box, where there are several.
    private var isInside: [UInt8] = []
    private var bestIoU = [Double](repeating: 0, count: MapProfile.levels)
    private var bestBox = [PixelBox](repeating: PixelBox(), count: MapProfile.levels)
    // Of the map that was found last.
    private var largest: [MapProfile.Largest] = []
    private var maximum: MapProfile.Pixel?
    private(set) var isBlank = true

    /// `inputSize` is 1 ... 4096 pixels. Nil when there is no memory.
    public init?(inputSize: Int, convention: IoUConvention) {
        guard let contours = ck_contours_create(Int32(inputSize), Int32(inputSize)) else { return nil }
        self.contours = contours
        self.inputSize = inputSize
        self.convention = convention
        resized = [Float](repeating: 0, count: inputSize * inputSize)
        levels = [UInt8](repeating: 0, count: inputSize * inputSize)
    }

    deinit { ck_contours_destroy(contours) }

    /// - Parameters:
    ///   - values: [height, width], as many as `width * height`; both sides at least 1.
    ///   - truth: the true boxes in the input.
    public func profile(_ values: [Float], width: Int, height: Int, truth: [Box]) -> MapProfile {
        find(values, width: width, height: height)
        return profile(truth: truth)
    }

    /// What is found in a map, whatever the true boxes are; `profile(truth:)` is about the map that was found last.
    func find(_ values: [Float], width: Int, height: Int) {
        precondition(width > 0 && height > 0 && values.count == width * height, "\(values.count) of \(width)x\(height)")
        let size = Int32(inputSize)
        var first: Int64 = -1
        if width == inputSize, height == inputSize {
            isBlank = ck_score_map_levels(values, Int64(values.count), &levels, &first) == 0
        } else {
            let needed = Int(ck_score_map_scratch(Int32(height), size))
            if scratch.count < needed { scratch = [Float](repeating: 0, count: needed) }
            ck_score_map_resize(values, Int32(height), Int32(width), &resized, size, size, &scratch)
            isBlank = ck_score_map_levels(resized, Int64(resized.count), &levels, &first) == 0
        }
        maximum =
            first < 0
            ? nil : MapProfile.Pixel(x: UInt16(Int(first) % inputSize), y: UInt16(Int(first) / inputSize))
        ck_contours_find(contours, levels)
        largest.removeAll(keepingCapacity: true)
        let boxes = ck_contours_largest(contours)!
        for level in 0..<MapProfile.levels {
            let box = PixelBox(boxes[level])
            if largest.last?.box != box { largest.append(.init(first: UInt8(level), box: box)) }
        }
    }

    /// Of the map that was found last, beside an image's true boxes in the input.
    func profile(truth: [Box]) -> MapProfile {
        let (mass, inside) = masses(truth)
        return MapProfile(
            largest: largest, best: best(truth), maximum: maximum, mass: mass, massInside: inside, isBlank: isBlank)
    }

    private func best(_ truth: [Box]) -> [MapProfile.Best] {
        let least = MapTally.deltas[0]
        for level in 0..<MapProfile.levels { bestIoU[level] = 0 }
        var count: Int32 = 0
        let boxes = ck_contours_boxes(contours, &count)!
        for index in 0..<Int(count) {
            let entry = boxes[index]
            let box = PixelBox(entry)
            let iou = convention.best(box.box, truth)
            guard iou >= least else { continue }
            for level in Int(entry.first)...Int(entry.last)
            where iou > bestIoU[level] || iou == bestIoU[level] && box.precedes(bestBox[level]) {
                bestIoU[level] = iou
                bestBox[level] = box
            }
        }
        var best: [MapProfile.Best] = []
        var run = 0
        var iou = convention.best(largest[0].box.box, truth)
        for level in 0..<MapProfile.levels {
            if run + 1 < largest.count, Int(largest[run + 1].first) == level {
                run += 1
                iou = convention.best(largest[run].box.box, truth)
            }
            let choice: MapProfile.Best.Choice =
                if iou >= least, iou >= bestIoU[level] { .largest } else if bestIoU[level] >= least {
                    .other(bestBox[level])
                } else { .none }
            if best.last?.choice != choice { best.append(.init(first: UInt8(level), choice: choice)) }
        }
        return best
    }

    /// The sums of the levels of all pixels and of those in a true box, each pixel once.
    private func masses(_ truth: [Box]) -> (all: UInt32, inside: UInt32) {
        guard !isBlank else { return (0, 0) }
        let size = inputSize
        let areas = truth.compactMap { PixelArea($0, inputSize: size) }
        return levels.withUnsafeBufferPointer { levels in
            var all: UInt32 = 0
            for level in levels { all &+= UInt32(level) }
            guard areas.count > 1 else {
                guard let area = areas.first else { return (all, 0) }
                var inside: UInt32 = 0
                for y in area.y {
                    for place in (y * size + area.x.lowerBound)...(y * size + area.x.upperBound) {
                        inside &+= UInt32(levels[place])
                    }
                }
                return (all, inside)
            }
            if isInside.isEmpty { isInside = [UInt8](repeating: 0, count: size * size) }
            var inside: UInt32 = 0
            isInside.withUnsafeMutableBufferPointer { isInside in
                isInside.update(repeating: 0)
                for area in areas {
                    for y in area.y { for x in area.x { isInside[y * size + x] = 1 } }
                }
                for place in 0..<size * size { inside &+= UInt32(levels[place]) &* UInt32(isInside[place]) }
            }
            return (all, inside)
        }
    }
}

/// The pixels of the input that a box covers: those whose places are not outside of it, as in the pointing game.
struct PixelArea {
    let x: ClosedRange<Int>
    let y: ClosedRange<Int>

    /// Nil for a box without extent, such as one outside the crop, and for one that no pixel's place is in.
    init?(_ box: Box, inputSize: Int) {
        guard box.x1 > box.x0, box.y1 > box.y0 else { return nil }
        let last = Float(inputSize - 1)
        let x = (max(0, box.x0.rounded(.up)), min(last, box.x1.rounded(.down)))
        let y = (max(0, box.y0.rounded(.up)), min(last, box.y1.rounded(.down)))
        guard x.0 <= x.1, y.0 <= y.1 else { return nil }
        self.x = Int(x.0)...Int(x.1)
        self.y = Int(y.0)...Int(y.1)
    }
}

extension IoUConvention {
    /// With the true box that fits best; 0 without any.
    func best(_ box: Box, _ truth: [Box]) -> Double {
        var best = 0.0
        for other in truth { best = max(best, iou(box, other)) }
        return best
    }
}
