import Foundation
import Testing

/// Thousands of runs in which everything goes wrong that can, until a moment from which nothing more does: nothing is
/// lost or counted twice at any time, and each run comes to its end.
///
/// STNET_SEEDS=N tries more seeds, STNET_SEED=N one of them with its log.
@Suite struct ChaosTests {
    private static var environment: [String: String] { ProcessInfo.processInfo.environment }

    @Test func nothingIsLostNothingCountsTwiceAndItEnds() async {
        if let seed = Self.environment["STNET_SEED"].flatMap(UInt64.init) {
            var simulator = Simulator(seed: seed, isLogged: true)
            simulator.simulate()
            print((simulator.log ?? []).joined(separator: "\n"))
            #expect(simulator.violation == nil, "seed \(seed)")
            return
        }
        let count = Self.environment["STNET_SEEDS"].flatMap(UInt64.init) ?? 2000
        var steps = 0
        // A seed's run is nobody else's business: each core has its share of them.
        await withTaskGroup(of: Int.self) { group in
            let shares = UInt64(max(1, ProcessInfo.processInfo.activeProcessorCount))
            for share in 0..<shares {
                group.addTask { Self.simulate(stride(from: share, to: count, by: Int(shares))) }
            }
            for await part in group { steps += part }
        }
        if Self.environment["STNET_SEEDS"] != nil { print("\(steps) events in \(count) runs") }
        #expect(steps > Int(count) * 10, "\(steps) events in \(count) runs: nothing was simulated")
    }

    /// Events that were simulated; each violation is an issue, until there are five.
    private static func simulate(_ seeds: some Sequence<UInt64>) -> Int {
        var steps = 0
        var failures = 0
        for seed in seeds where failures < 5 {
            var simulator = Simulator(seed: seed)
            simulator.simulate()
            steps += simulator.steps
            guard let violation = simulator.violation else { continue }
            failures += 1
            Issue.record("seed \(seed): \(violation); replay with STNET_SEED=\(seed)")
        }
        return steps
    }

    /// A simulation that cannot find a fault proves nothing: each rule that is broken on purpose is noticed.
    @Test(arguments: Mistake.allCases.filter { $0 != .none })
    func mistakesAreFound(_ mistake: Mistake) {
        let found = (0..<1000).contains { seed in
            var simulator = Simulator(seed: UInt64(seed), mistake: mistake)
            simulator.simulate()
            return simulator.violation != nil
        }
        #expect(found)
    }
}
