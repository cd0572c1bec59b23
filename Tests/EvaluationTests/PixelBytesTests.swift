import Bytes
import Evaluation
import Testing

/// Masks and histograms as they travel: one form only, and nothing in them is taken on trust.
struct PixelBytesTests {
    private static let size = 32

    /// A square of 12 x 12 in an input of 32, and no more than the bytes of the golden frame.
    private static let mask: [UInt8] =
        [0x9c, 8] + [[UInt8]](repeating: [0x2d, 0x4c], count: 11).flatMap { $0 } + [0x2d, 0xac, 0x0c]
    private static let histogram: [UInt8] = [0, 0, 0xa0, 6, 9, 0x90, 1, 0x50]

    private func shades(_ isMeant: (Int, Int) -> Bool) -> [UInt8] {
        (0..<Self.size * Self.size).map { isMeant($0 % Self.size, $0 / Self.size) ? 255 : 0 }
    }

    @Test func whatTheGoldenFramesHoldIsAMaskAndAHistogram() throws {
        let square = PixelTruth(
            objects: [shades { x, y in 8..<20 ~= x && 8..<20 ~= y }], ignored: [], black: 0, inputSize: Self.size)
        #expect(square.encoded == Self.mask)
        #expect(try PixelTruth(Self.mask, inputSize: Self.size) == square)
        let counts = PixelCounts(foreground: 144, background: 880)
        #expect(try PixelTruth.counts(Self.mask, inputSize: Self.size) == counts)
        let found = try PixelHistogram(Self.histogram, in: PixelBins(thresholds: 10))
        #expect(found.bins.map(\.place) == [0, 10] && found.counts == counts && found.encoded == Self.histogram)
    }

    private func problem(ofMask bytes: [UInt8], size: Int = 2) -> String? {
        do throws(MalformedPixels) {
            _ = try PixelTruth.counts(bytes, inputSize: size)
            return nil
        } catch {
            #expect(throws: error) { try PixelTruth(bytes, inputSize: size) }
            return error.description
        }
    }

    @Test func aMaskThatIsNoneIsSaidSo() {
        #expect(problem(ofMask: [3 << 2]) == nil, "four pixels of the background")
        #expect(problem(ofMask: []) == "has 0 pixels, expected the 4 of 2x2")
        #expect(problem(ofMask: [2 << 2]) == "has 3 pixels, expected the 4 of 2x2")
        #expect(problem(ofMask: [2 << 2, 1 << 2 | 1]) == "has more than the 4 pixels of 2x2")
        #expect(problem(ofMask: [1 << 2, 1 << 2]) == "has two runs of the kind 0 in a row")
        #expect(problem(ofMask: [1 << 2 | 3, 1 << 2]) == "has a run of the kind 3")
        #expect(problem(ofMask: [0x80]) == "ends within a number, after 1 bytes")
        #expect(problem(ofMask: [0x80 | 3 << 2, 0]) == "has a number in a longer form than it needs")
        #expect(problem(ofMask: [0xff, 0xff, 0xff, 0xff, 0]) == "has a number of more than 4 bytes")
    }

    private func problem(ofHistogram bytes: [UInt8], _ mask: PixelCounts? = nil, isBlank: Bool = false) -> String? {
        do throws(MalformedPixels) {
            let profile = MapProfile(
                largest: [], best: [], maximum: nil, mass: 0, massInside: 0, isBlank: isBlank)
            let found = try PixelHistogram(bytes, in: PixelBins(thresholds: 10))
            if let mask { try found.check(mask, profile) }
            return nil
        } catch {
            return error.description
        }
    }

    @Test func aHistogramThatIsNoneIsSaidSo() {
        let mask = PixelCounts(foreground: 3, background: 4)
        #expect(problem(ofHistogram: [2, 3, 1, 7, 0, 3], mask) == nil)
        #expect(problem(ofHistogram: [2, 3, 1, 8, 0, 3]) == "has a bin 11, expected 0...10")
        #expect(problem(ofHistogram: [2, 3, 1, 0, 0, 0]) == "has a bin 3 without a pixel")
        #expect(problem(ofHistogram: [2, 3]) == "ends within a number, after 2 bytes")
        #expect(problem(ofHistogram: [2, 0x83, 0, 1]) == "has a number in a longer form than it needs")
        #expect(
            problem(ofHistogram: [UInt8](repeating: 1, count: 9010)) == "has 9010 bytes, at most 9009 are possible")
        let other = "has 3 pixels of objects and 5 of the background, the mask has 3 and 4"
        #expect(problem(ofHistogram: [2, 3, 1, 7, 0, 4], mask) == other)
        #expect(problem(ofHistogram: [0, 3, 4], mask, isBlank: true) == nil)
        let above = "has values above the lowest bin, but the map is said to be blank"
        #expect(problem(ofHistogram: [0, 3, 3, 0, 0, 1], mask, isBlank: true) == above)
    }

    /// The longest of all, of the largest input: every bin holds as many pixels as a number of four bytes says.
    @Test func noHistogramIsLongerThanItsBound() throws {
        var longest = try PixelHistogram([0, 1, 1], in: PixelBins())
        longest.bins = (0..<1001).map { .init(place: $0, foreground: 4096 * 4096, background: 4096 * 4096) }
        #expect(longest.encoded.count == PixelHistogram.maxEncodedBytes)
        #expect(try PixelHistogram(longest.encoded, in: PixelBins()) == longest)
    }

    /// Whatever the masks are, what travels is what was made; what is altered is refused, or is another one in its only form.
    @Test func noBytesTrapAndNoneHasTwoForms() throws {
        var generator = SplitMix64(seed: 18)
        func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
        let bins = PixelBins(thresholds: 1 + below(1000))
        let profiler = try #require(MapProfiler(inputSize: Self.size, convention: .wsol))
        var sound = 0
        for round in 0..<400 {
            let (columns, rows) = (1 + below(Self.size), 1 + below(9))
            let truth = PixelTruth(
                objects: [shades { x, y in (x / columns + y / rows) % 3 == 0 }, shades { x, _ in x > 2 * columns }],
                ignored: [shades { x, y in (x + y) % 7 < rows }], black: 0, inputSize: Self.size)
            let map = (0..<Self.size * Self.size).map { _ in Float(below(1 + round)) }
            _ = profiler.profile(map, width: Self.size, height: Self.size, truth: [])
            let histogram = profiler.histogram(map, width: Self.size, height: Self.size, truth, in: bins)
            #expect(try PixelTruth(truth.encoded, inputSize: Self.size) == truth)
            #expect(try PixelHistogram(histogram.encoded, in: bins) == histogram)
            #expect(try PixelTruth.counts(truth.encoded, inputSize: Self.size) == histogram.counts)
            for (isMask, bytes) in [(true, truth.encoded), (false, histogram.encoded)] {
                var altered = bytes
                for _ in 0...below(2) {
                    switch below(3) {
                    case 0: altered[below(altered.count)] = UInt8(below(256))
                    case 1: altered.removeLast(below(altered.count))
                    default: altered.insert(UInt8(below(256)), at: below(altered.count + 1))
                    }
                    if altered.isEmpty { altered = [0] }
                }
                if isMask, let read = try? PixelTruth(altered, inputSize: Self.size) {
                    #expect(read.encoded == altered)
                    sound += 1
                } else if !isMask, let read = try? PixelHistogram(altered, in: bins) {
                    #expect(read.encoded == altered)
                    sound += 1
                }
            }
        }
        #expect((1..<700).contains(sound))
    }
}
