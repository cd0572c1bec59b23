import Bytes
import Evaluation
import SelectiveTuning
import Testing

struct MapProfilerTests {
    /// A profiler and what it has counted.
    private final class Scorer {
        let profiler: MapProfiler
        private(set) var tally: MapTally

        init?(_ size: Int, _ thresholds: Int, _ iou: IoUConvention) {
            guard let profiler = MapProfiler(inputSize: size, convention: iou) else { return nil }
            self.profiler = profiler
            tally = MapTally(thresholds: MapThresholds(count: thresholds), convention: iou)
        }

        @discardableResult
        func add(_ map: [Float], side: Int, truth: [Box]) -> MapProfile {
            let found = profiler.profile(map, width: side, height: side, truth: truth)
            tally.add(found, truth: truth)
            return found
        }

        func largest(_ found: MapProfile) -> [PixelBox] { tally.thresholds.levels.map(found.largest(at:)) }
    }

    private func scorer(_ size: Int = 10, _ thresholds: Int = 100, _ iou: IoUConvention = .wsol) throws -> Scorer {
        try #require(Scorer(size, thresholds, iou))
    }

    @Test func theBenchmarksOverlap() {
        #expect(IoUConvention.wsol.iou(Box(1, 2, 5, 6), Box(3, 1, 4, 5)) == 8.0 / 27)
    }

    @Test(arguments: [Float(0), 1, -7, .nan, .infinity])
    func aBlankMapHasNoExtentAtAnyThreshold(value: Float) throws {
        let scorer = try scorer()
        // (0, 0, 0, 0) is a pixel in the benchmark's convention: a quarter of this box.
        let found = scorer.add([Float](repeating: value, count: 49), side: 7, truth: [Box(0, 0, 1, 1)])
        #expect(found.isBlank && found.mass == 0)
        #expect(scorer.largest(found) == (0..<100).map { _ in PixelBox() })
        #expect(scorer.tally.blank == 1 && scorer.tally.images == 1)
        for counts in [scorer.tally.largest, scorer.tally.all] {
            #expect(counts == (0..<100).flatMap { _ in [1, 0, 0, 0, 0] })
        }
        #expect((found.maximum == nil) == !value.isFinite)
        #expect(found.maximum.map { $0.x == 0 && $0.y == 0 } ?? true)
    }

    /// A hill of 4 x 3 pixels at (2, 1) with value 1, one of 2 x 2 at (7, 6) with value .8, and a ground of 0.
    private func hills() -> [Float] {
        var map = [Float](repeating: 0, count: 100)
        for y in 1...3 { for x in 2...5 { map[y * 10 + x] = 1 } }
        for y in 6...7 { for x in 7...8 { map[y * 10 + x] = 0.8 } }
        return map
    }

    @Test func boxesEndAPixelBehindTheContour() throws {
        let scorer = try scorer()
        // The small hill is a box of its own below .8, and not the largest.
        let found = scorer.add(hills(), side: 10, truth: [Box(7, 6, 9, 8)])
        #expect(Set(scorer.largest(found).map(\.box)) == [Box(2, 1, 6, 4)])
        #expect(found.maximum?.x == 2 && found.maximum?.y == 1)
        // Twelve pixels of 255 and four of 204, of which the true box has the four.
        #expect(found.mass == 12 * 255 + 4 * 204 && found.massInside == 4 * 204)
        let accuracy = MapAccuracy(scorer.tally)
        #expect(accuracy.maxBoxAcc.rate == Rate(count: 0, of: 1) && accuracy.maxBoxAcc.tau == 0)
        #expect(accuracy.maxBoxAccV2 == 1 && accuracy.all(at: 0.75).rate.count == 1)
        // At .8 * 255 = 204 it is gone.
        let curve = accuracy.curve(\.all, at: 0.5)
        #expect(curve.prefix(80).allSatisfy { $0 == 1 } && curve.dropFirst(80).allSatisfy { $0 == 0 })
    }

    @Test func aHolesBorderIsAContourOfTheSecondVersion() throws {
        var map = [Float](repeating: 1, count: 100)
        for y in 3...5 { for x in 4...5 { map[y * 10 + x] = 0 } }
        let scorer = try scorer()
        let found = scorer.add(map, side: 10, truth: [Box(3, 2, 7, 7)])
        #expect(Set(scorer.largest(found).map(\.box)) == [Box(0, 0, 9, 9)])
        #expect(MapAccuracy(scorer.tally).all(at: 0.75).rate.count == 1)
        #expect(MapAccuracy(scorer.tally).largest(at: 0.5).rate.count == 0)
    }

    @Test func theThresholdIsTheBestAndTheLowestOfEquals() throws {
        // A pyramid: the box shrinks with the threshold.
        let size = 20
        let map = (0..<400).map { place in
            Float(min(min(place % size, size - 1 - place % size), min(place / size, size - 1 - place / size)))
        }
        let scorer = try scorer(size, 10)
        let boxes = scorer.largest(try self.scorer(size, 10).add(map, side: size, truth: []))
        #expect(boxes.first?.box == Box(1, 1, 19, 19) && boxes.last?.box == Box(9, 9, 11, 11))
        scorer.add(map, side: size, truth: [boxes[4].box])
        let best = MapAccuracy(scorer.tally).largest(at: 0.75)
        // Its neighbours overlap it by less than .75; a threshold without a level between it and the last is the same.
        let first = try #require(boxes.firstIndex(of: boxes[4]))
        #expect(best.rate == Rate(count: 1, of: 1) && best.tau <= Double(first) / 10)
        let curve = MapAccuracy(scorer.tally).curve(\.largest, at: 0.75)
        #expect(curve.firstIndex(of: 1) == Int((best.tau * 10).rounded()))
    }

    @Test func thresholdsAreThoseOfNumPy() {
        let hundred = MapThresholds()
        #expect(hundred.taus.count == 100 && hundred.levels.count == 100 && hundred.places == Array(0..<100))
        #expect(hundred.taus[57] == 0.57 && hundred.levels[57] == 145 && hundred.levels[20] == 51)
        let thousand = MapThresholds(count: 1000)
        #expect(thousand.taus.count == 1000 && thousand.levels == Array(0...254))
        #expect(MapThresholds(count: 1).levels == [0])
    }

    @Test func talliesOfThreadsAddUp() throws {
        let (one, two, both) = (try scorer(), try scorer(), try scorer())
        let truth = [Box(2, 1, 6, 4)]
        for (place, scorer) in [one, two, two].enumerated() {
            let map = place == 0 ? hills() : Array(hills().reversed())
            scorer.add(map, side: 10, truth: truth)
            both.add(map, side: 10, truth: truth)
        }
        var sum = one.tally
        sum.add(two.tally)
        #expect(sum == both.tally && sum.images == 3)
    }

    @Test func theMassInSeveralBoxesCountsEachPixelOnce() throws {
        let scorer = try scorer()
        var map = [Float](repeating: 0, count: 100)
        for place in 20..<60 { map[place] = 1 }
        // Rows 2 to 5 are full; the boxes share a column, and ends between pixels hold what is between them.
        let found = scorer.add(map, side: 10, truth: [Box(1, 0, 4, 3), Box(4, 2, 5.5, 9), Box(0.5, 0, 0.5, 9)])
        #expect(found.mass == 40 * 255 && found.massInside == (4 * 2 + 2 * 4 - 2) * 255)
        scorer.add(map, side: 10, truth: [Box(0, 0, 9, 9)])
        let mean = MapAccuracy(scorer.tally).massInBox
        // 14 / 40 and 1.
        #expect(abs((mean.value ?? 0) - 0.675) < 1e-9)
        let half = 1.959963984540054 * 0.325
        #expect(abs((mean.interval?.low ?? 0) - (0.675 - half)) < 1e-5 && mean.interval?.high == 1)
    }
}

struct PointingGameTests {
    @Test func fifteenPixelsAreNear() {
        let box = [Box(100, 50, 120, 60)]
        #expect(PointingGame.isHit(x: 110, y: 55, box) && PointingGame.isHit(x: 100, y: 60, box))
        #expect(PointingGame.isHit(x: 85, y: 55, box) && !PointingGame.isHit(x: 84, y: 55, box))
        #expect(PointingGame.isHit(x: 135, y: 50, box) && !PointingGame.isHit(x: 136, y: 50, box))
        #expect(PointingGame.isHit(x: 110, y: 75, box) && !PointingGame.isHit(x: 110, y: 34, box))
        // 9, 12 from the corner is 15; 11, 11 is 15.6.
        #expect(PointingGame.isHit(x: 91, y: 38, box) && !PointingGame.isHit(x: 89, y: 39, box))
    }

    @Test func whatIsOutsideTheCropIsNotHit() {
        #expect(!PointingGame.isHit(x: 0, y: 20, [Box(0, 10, 0, 50)]) && !PointingGame.isHit(x: 0, y: 0, []))
        #expect(PointingGame.isHit(x: 0, y: 20, [Box(0, 10, 0, 50), Box(0, 0, 9, 9)]))
    }
}

struct CentreMapTests {
    @Test func itsContoursAreCentredSquares() throws {
        let truth = [0.3, 0.6, 0.9].map { side in
            GroundTruth(id: "x", label: 0, boxes: [Baseline.centredSquare(side).box(inputSize: 224)], inputSize: 224)
        }
        let accuracy = try #require(
            CentreMap.evaluate(truth, inputSize: 224, thresholds: MapThresholds(), convention: .stnet))
        #expect(accuracy.tally.images == 3 && accuracy.pointingGame.count == 3 && accuracy.tally.blank == 0)
        // A square of .73 fits the two larger ones at .50, and none fits two at .75: .36 / .81 < .75 * .75.
        #expect(accuracy.largest(at: 0.5).rate.count == 2 && accuracy.largest(at: 0.75).rate.count == 1)
        for image in truth {
            let alone = try #require(
                CentreMap.evaluate([image], inputSize: 224, thresholds: MapThresholds(), convention: .stnet))
            #expect(alone.largest(at: 0.75).rate.count == 1)
        }
        #expect(
            CentreMap.evaluate([], inputSize: 8, thresholds: MapThresholds(), convention: .exact)?.maxBoxAccV2 == nil)
    }
}
