import Testing

@testable import Coordinator

/// What people are shown of a run.
@Suite struct RunStatusTests {
    /// Nobody is slow while there is nobody.
    @Test func waitingForNodesSlowsNothing() throws {
        var bench = try RunBench(images: 40)
        for _ in 0..<8 {
            bench.pass(seconds: 1)
            #expect(bench.progress().recentImagesPerSecond == 0)
        }
        let id = try bench.join("a", at: "p")
        _ = bench.progress()
        var answered = 0
        for _ in 0..<4 {
            bench.pass(seconds: 1)
            let lease = try #require(bench.leases(id).dropFirst(answered).first)
            bench.answer(lease, from: id)
            answered += 1
            _ = bench.progress()
        }
        // Leases of two images, one a second.
        #expect(abs(bench.progress().recentImagesPerSecond - 2) < 0.01, "\(bench.progress().recentImagesPerSecond)")
    }
}
