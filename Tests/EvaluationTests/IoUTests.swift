import Bytes
import Evaluation
import SelectiveTuning
import Testing

struct IoUTests {
    @Test func countsBothEndPixels() {
        // 5x5 and 2x5 pixels share 2x4.
        let a = Box(1, 2, 5, 6)
        let b = Box(3, 1, 4, 5)
        #expect(IoUConvention.wsol.iou(a, b) == 8.0 / 27)
        #expect(IoUConvention.stnet.iou(a, b) == 8.0 / 27)
        // 4x4 and 1x4, sharing 1x3.
        #expect(IoUConvention.exact.iou(a, b) == 3.0 / 17)
    }

    @Test func boxesThatOnlyTouch() {
        let a = Box(0, 0, 9, 9)
        let b = Box(9, 0, 18, 9)
        #expect(IoUConvention.stnet.iou(a, b) == 0)
        #expect(IoUConvention.wsol.iou(a, b) == 10.0 / 190)
        #expect(IoUConvention.exact.iou(a, b) == 0)
        // One pixel apart: the +1 alone would let them share nothing.
        #expect(IoUConvention.wsol.iou(a, Box(10, 0, 18, 9)) == 0)
    }

    @Test func wsolTruncatesTowardsZero() {
        #expect(IoUConvention.wsol.iou(Box(1.9, 2.2, 5.99, 6.5), Box(3.5, 1.5, 4.5, 5.5)) == 8.0 / 27)
        #expect(IoUConvention.wsol.iou(Box(-0.9, 0, 9, 9), Box(0, 0, 9, 9)) == 1)
    }

    /// What the crop makes of a box that lies outside: no extent in x.
    @Test func aBoxSqueezedToALine() {
        let line = Box(224, 30, 224, 60)
        let frame = Box(0, 0, 223, 223)
        #expect(IoUConvention.stnet.iou(frame, line) == 0)
        #expect(IoUConvention.exact.iou(frame, line) == 0)
        #expect(IoUConvention.wsol.iou(frame, line) == 0)
        #expect(IoUConvention.wsol.iou(frame, Box(0, 30, 0, 60)) == 31.0 / 50176)
        #expect(IoUConvention.stnet.iou(frame, Box(0, 30, 0, 60)) == 0)
    }

    @Test(arguments: IoUConvention.allCases)
    func whatIsNoBoxScoresZero(convention: IoUConvention) {
        let frame = Box(0, 0, 223, 223)
        for odd in [
            Box(.nan, 0, 5, 5), Box(0, 0, .nan, .nan), Box(9, 9, 2, 2), Box(9, 0, 2, 5),
            Box(-.infinity, 0, .infinity, 5),
        ] {
            #expect(convention.iou(frame, odd) == 0)
            #expect(convention.iou(odd, frame) == 0)
        }
    }

    @Test(arguments: IoUConvention.allCases)
    func isSymmetricBoundedAndOneForTheSameBox(convention: IoUConvention) {
        var random = SplitMix64(seed: 11)
        var overlapping = 0
        for _ in 0..<20_000 {
            let a = random.box(in: 40)
            let b = random.box(in: 40)
            let value = convention.iou(a, b)
            #expect(value == convention.iou(b, a))
            #expect(value >= 0 && value <= 1)
            if value > 0 { overlapping += 1 }
            if a.x0 < a.x1 && a.y0 < a.y1 { #expect(convention.iou(a, a) == 1) }
        }
        #expect(overlapping > 2000)
    }

    /// Boxes of whole pixels: the share is that of pixels counted one by one.
    @Test func agreesWithCountingPixels() {
        var random = SplitMix64(seed: 12)
        for _ in 0..<200 {
            var boxes = [random.box(in: 12), random.box(in: 12)]
            for i in 0..<2 {
                boxes[i] = Box(
                    boxes[i].x0.rounded(.down), boxes[i].y0.rounded(.down), boxes[i].x1.rounded(.down),
                    boxes[i].y1.rounded(.down))
            }
            var both = 0
            var either = 0
            for y in 0..<12 {
                for x in 0..<12 {
                    let inside = boxes.count { box in
                        Float(x) >= box.x0 && Float(x) <= box.x1 && Float(y) >= box.y0 && Float(y) <= box.y1
                    }
                    if inside == 2 { both += 1 }
                    if inside > 0 { either += 1 }
                }
            }
            #expect(IoUConvention.wsol.iou(boxes[0], boxes[1]) == Double(both) / Double(either))
        }
    }

    @Test func theBestMatchIsTheFirstOfEquals() throws {
        let box = Box(0, 0, 9, 9)
        let outside = Box(224, 0, 224, 9)
        let good = Box(0, 0, 9, 8)
        let match = try #require(IoUConvention.stnet.bestMatch(of: box, among: [outside, good, box, box]))
        #expect(match.iou == 1 && match.index == 2)
        let none = try #require(IoUConvention.stnet.bestMatch(of: box, among: [outside, outside]))
        #expect(none.iou == 0 && none.index == 0)
        #expect(IoUConvention.stnet.bestMatch(of: box, among: []) == nil)
    }
}
