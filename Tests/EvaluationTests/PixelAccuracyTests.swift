import Bytes
import Evaluation
import Foundation
import Testing

struct PixelAccuracyTests {
    /// `Golden/make_pixels.py` has NumPy count the same maps and masks.
    @Test func histogramsAndMetricsAreThoseOfNumPy() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/pixels.json").path
        let golden = try JSON.parse(try WholeFile.read(path: path, limit: 1 << 20), source: path)
        for entry in try #require(golden.arrayValue) {
            let size = try #require(entry["size"]?.intValue)
            let bins = PixelBins(thresholds: try #require(entry["thresholds"]?.intValue))
            let profiler = try #require(MapProfiler(inputSize: size, convention: .wsol))
            // Two tallies that are added up, as those of two threads are.
            var tallies = [PixelTally(bins: bins), PixelTally(bins: bins)]
            for (place, image) in try #require(entry["images"]?.arrayValue).enumerated() {
                let values = try #require(image["values"]?.arrayValue).map { Float(try #require($0.doubleValue)) }
                _ = profiler.profile(values, width: size, height: size, truth: [])
                let truth = PixelTruth(
                    objects: try shades(image["objects"]), ignored: try shades(image["ignored"]), black: 0,
                    inputSize: size)
                let histogram = profiler.histogram(values, width: size, height: size, truth, in: bins)
                tallies[place % 2].add(histogram)
                // As they travel, they are the same.
                #expect(try PixelTruth(truth.encoded, inputSize: size) == truth)
                #expect(try PixelHistogram(histogram.encoded, in: bins) == histogram)
                #expect(try PixelTruth.counts(truth.encoded, inputSize: size) == histogram.counts)
            }
            tallies[0].add(tallies[1])
            #expect(tallies[0].foreground.map { JSON.int($0) } == entry["foreground"]?.arrayValue)
            #expect(tallies[0].background.map { JSON.int($0) } == entry["background"]?.arrayValue)
            let accuracy = PixelAccuracy(tallies[0])
            #expect(
                try abs(#require(accuracy.averagePrecision) - #require(entry["pxap"]?.doubleValue)) < 1e-12)
            let overlap = try #require(accuracy.overlap)
            #expect(overlap.iou == entry["piou"]?.doubleValue && overlap.threshold == entry["threshold"]?.doubleValue)
        }
    }

    private func shades(_ masks: JSON?) throws -> [[UInt8]] {
        try #require(masks?.arrayValue).map { mask in
            let text = Array(try #require(mask.stringValue).utf8)
            return try stride(from: 0, to: text.count, by: 2).map { place in
                try #require(UInt8(String(decoding: text[place..<place + 2], as: UTF8.self), radix: 16))
            }
        }
    }

    /// Two pixels of four are objects'.
    @Test func aMapThatIsRightIsOne() throws {
        let profiler = try #require(MapProfiler(inputSize: 2, convention: .wsol))
        func accuracy(_ map: [Float], side: Int = 2) -> PixelAccuracy {
            let bins = PixelBins()
            var tally = PixelTally(bins: bins)
            _ = profiler.profile(map, width: side, height: side, truth: [])
            let truth = PixelTruth(objects: [[9, 9, 0, 0]], ignored: [], black: 0, inputSize: 2)
            tally.add(profiler.histogram(map, width: side, height: side, truth, in: bins))
            return PixelAccuracy(tally)
        }
        let right = accuracy([5, 4, 1, 0])
        // The lowest threshold above the others' values.
        #expect(right.averagePrecision == 1 && right.overlap?.iou == 1 && right.overlap?.threshold == 201 * 0.001)
        let wrong = accuracy([0, 1, 4, 5])
        let area = 0.5 / 3 + 0.5 / 2
        #expect(try abs(#require(wrong.averagePrecision) - area) < 1e-15)
        #expect(wrong.overlap?.iou == 0.5 && wrong.overlap?.threshold == 0)
        // Constant and not finite: nothing is told apart.
        for blank in [[3, 3, 3, 3], [.nan, 1, 2, 3]] as [[Float]] {
            #expect(accuracy(blank).averagePrecision == 0.5 && accuracy(blank).overlap?.iou == 0.5)
        }
        // A single value is resized to the input: constant again.
        #expect(accuracy([7], side: 1).averagePrecision == 0.5)
    }

    @Test func withoutAnObjectsPixelThereIsNoMetric() {
        let accuracy = PixelAccuracy(PixelTally(bins: PixelBins(thresholds: 10)))
        #expect(accuracy.averagePrecision == nil && accuracy.overlap == nil)
    }
}
