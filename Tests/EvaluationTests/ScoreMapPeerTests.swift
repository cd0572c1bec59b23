import Bytes
import CKernels
import Foundation
import Testing

/// The kernels against OpenCV; `Golden/make_score_maps.py` writes what it says.
struct ScoreMapPeerTests {
    private let golden: JSON

    init() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Golden/score_maps.json").path
        golden = try JSON.parse(try WholeFile.read(path: path, limit: 1 << 20), source: path)
    }

    private func integers(_ json: JSON?) throws -> [Int] {
        try #require(json?.arrayValue).map { try #require($0.intValue) }
    }

    private func numbers(_ json: JSON?) throws -> [Float] {
        try #require(json?.arrayValue).map { Float(try #require($0.doubleValue)) }
    }

    @Test func contoursAreThoseOfOpenCVAtEveryThreshold() throws {
        let cases = try #require(golden["contours"]?.arrayValue)
        var compared = 0
        for entry in cases {
            let width = try #require(entry["width"]?.intValue)
            let height = try #require(entry["height"]?.intValue)
            let text = Array(try #require(entry["levels"]?.stringValue).utf8)
            let levels = try stride(from: 0, to: text.count, by: 2).map { place in
                try #require(UInt8(String(decoding: text[place..<place + 2], as: UTF8.self), radix: 16))
            }
            try #require(levels.count == width * height)
            let contours = try #require(ck_contours_create(Int32(width), Int32(height)))
            defer { ck_contours_destroy(contours) }
            ck_contours_find(contours, levels)
            var count: Int32 = 0
            let start = ck_contours_boxes(contours, &count)
            let all = Array(UnsafeBufferPointer(start: start, count: Int(count)))
            #expect(all.count <= 2 * width * height && all.allSatisfy { $0.first <= $0.last })
            for cut in try #require(entry["cuts"]?.arrayValue) {
                let threshold = try #require(cut["threshold"]?.intValue)
                let largest = ck_contours_largest(contours)[threshold]
                #expect(box(largest) == (try integers(cut["largest"])))
                let found = Set(all.filter { Int($0.first) <= threshold && threshold <= Int($0.last) }.map(box))
                let expected = Set(try #require(cut["all"]?.arrayValue).map(integers))
                #expect(found == expected)
                compared += 1
            }
        }
        #expect(compared > 300)
    }

    private func box(_ box: ck_contour_box) -> [Int] { [Int(box.x0), Int(box.y0), Int(box.x1), Int(box.y1)] }

    /// Within 2e-6 of the values' range: OpenCV adds in another order.
    @Test func resizingIsThatOfOpenCV() throws {
        for entry in try #require(golden["resized"]?.arrayValue) {
            let (height, width) = (try #require(entry["height"]?.intValue), try #require(entry["width"]?.intValue))
            let size = try #require(entry["to"]?.intValue)
            let values = try numbers(entry["values"])
            let expected = try numbers(entry["resized"])
            try #require(values.count == width * height && expected.count == size * size)
            var resized = [Float](repeating: .nan, count: size * size)
            var scratch = [Float](repeating: 0, count: Int(ck_score_map_scratch(Int32(height), Int32(size))))
            ck_score_map_resize(
                values, Int32(height), Int32(width), &resized, Int32(size), Int32(size), &scratch)
            let range = max(1, try #require(values.max()) - (try #require(values.min())))
            let difference = zip(resized, expected).map { abs($0 - $1) }.max() ?? .infinity
            #expect(difference <= 2e-6 * range, "\(width)x\(height) to \(size)")
        }
    }

    @Test func aMapOfTheRightSizeAndAConstantOneStayAsTheyAre() {
        let values: [Float] = [0.1, 0.7, -3, 1e30, 0, 5]
        var same = [Float](repeating: 0, count: 6)
        ck_score_map_resize(values, 2, 3, &same, 2, 3, nil)
        #expect(same == values)
        var constant = [Float](repeating: 0, count: 81)
        ck_score_map_resize([Float](repeating: 0.3, count: 49), 7, 7, &constant, 9, 9, nil)
        #expect(constant == [Float](repeating: 0.3, count: 81))
    }

    @Test func levelsAreCutAndTheFirstMaximumIsFound() {
        var levels = [UInt8](repeating: 9, count: 5)
        var first: Int64 = 0
        #expect(ck_score_map_levels([-1, 1, 0, 1, 0.999], 5, &levels, &first) == 1)
        #expect(levels == [0, 255, 127, 255, 254] && first == 1)
        #expect(ck_score_map_levels([2, 2, 2, 2, 2], 5, &levels, &first) == 0)
        #expect(levels == [0, 0, 0, 0, 0] && first == 0)
        for bad in [Float.nan, .infinity, -.infinity] {
            #expect(ck_score_map_levels([0, 1, bad, 3, 0], 5, &levels, &first) == 0)
            #expect(levels == [0, 0, 0, 0, 0] && first == -1)
        }
        // The range is beyond float32.
        let greatest = Float.greatestFiniteMagnitude
        #expect(ck_score_map_levels([-greatest, greatest, 0, 0, 0], 5, &levels, &first) == 0)
        #expect(levels == [0, 0, 0, 0, 0] && first == 1)
    }
}
