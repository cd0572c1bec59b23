import Evaluation
import Testing

@testable import Coordinator

@Suite struct LeaseTimelineTests {
    @Test func aLeaseBeginsWhenTheOneBeforeItEnds() {
        var timeline = LeaseTimeline()
        timeline.sent(lease: 1, node: 0, now: 5_000_000)
        timeline.sent(lease: 2, node: 0, now: 5_000_000)
        for _ in 0..<3 { timeline.delivered(lease: 1, node: 0) }
        timeline.ended(lease: 1, node: 0, now: 6_500_000)
        timeline.delivered(lease: 2, node: 0)
        timeline.ended(lease: 2, node: 0, now: 7_000_000)
        #expect(
            timeline.leases(of: 0, among: 1) == [
                .init(start: 0, end: 1.5, images: 3), .init(start: 1.5, end: 2, images: 1),
            ])
        #expect(timeline.leases(of: 1, among: 1).isEmpty)
    }

    @Test func aLostNodeDidNotFinishWhatItRanAndNeverBeganWhatWaited() {
        var timeline = LeaseTimeline()
        timeline.sent(lease: 1, node: 3, now: 0)
        timeline.sent(lease: 2, node: 3, now: 0)
        timeline.delivered(lease: 1, node: 3)
        timeline.lost(node: 3, now: 2_000_000)
        timeline.lost(node: 3, now: 3_000_000)
        // Late words of them change nothing.
        timeline.delivered(lease: 2, node: 3)
        timeline.ended(lease: 2, node: 3, now: 4_000_000)
        #expect(timeline.leases(of: 3, among: 1) == [.init(start: 0, end: 2, images: 1, isLost: true)])
    }

    @Test func whatWasAskedBackIsNoLease() {
        var timeline = LeaseTimeline()
        timeline.sent(lease: 1, node: 0, now: 0)
        timeline.ended(lease: 1, node: 0, now: 10)
        #expect(timeline.leases(of: 0, among: 1).isEmpty)
    }

    @Test(arguments: [1, 40, 1000])
    func howeverLongARunIsItsTimelineIsBounded(nodes: Int) {
        var timeline = LeaseTimeline()
        let count: UInt64 = 5000
        for lease in 0..<count {
            let start = Int64(lease) * 1_000_000
            timeline.sent(lease: lease, node: 0, now: start)
            timeline.delivered(lease: lease, node: 0)
            // Every tenth is lost; a pause behind every hundredth.
            if lease % 10 == 9 {
                timeline.lost(node: 0, now: start + 500_000)
            } else {
                timeline.ended(lease: lease, node: 0, now: start + (lease % 100 == 98 ? 100_000 : 1_000_000))
            }
        }
        let leases = timeline.leases(of: 0, among: nodes)
        #expect(leases.count <= max(8, min(256, 16_384 / nodes)) && leases.count >= 4)
        #expect(leases.reduce(0) { $0 + $1.images } == Int(count), "no image is lost by merging")
        #expect(zip(leases, leases.dropFirst()).allSatisfy { $0.end <= $1.start })
        #expect(leases.first?.start == 0 && leases.last?.end == 4999.5)
    }
}
