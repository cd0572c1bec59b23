import SelectiveTuning
import Testing

@Suite struct StretchTests {
    private func stretches(_ network: Network, batch: Int, threads: Int) throws -> [Stretch] {
        let shapes = try network.shapes()
        let inputs = ActivationLayout(network: network, shapes: shapes).inputs
        return Stretch.all(network: network, shapes: shapes, inputs: inputs, batch: batch, threads: threads)
    }

    @Test(arguments: NetworkCatalog.entries.map(\.network))
    func everyLayerIsComputedOnceAndInOrder(network: Network) throws {
        for (batch, threads) in [(1, 1), (1, 2), (2, 2), (7, 3), (32, 2), (32, 16), (32, 64)] {
            let stretches = try stretches(network, batch: batch, threads: threads)
            #expect(stretches.flatMap { Array($0.layers) } == Array(network.layers.indices))
            for (one, next) in zip(stretches, stretches.dropFirst()) { #expect(one.pictures != next.pictures) }
        }
    }

    /// A thread takes pictures of its own only where that leaves hardly one idle.
    @Test(arguments: NetworkCatalog.entries.map(\.network))
    func noThreadIsIdleForLong(network: Network) throws {
        for batch in 1...33 {
            for threads in [1, 2, 3, 8, 40] {
                for pictures in try stretches(network, batch: batch, threads: threads).compactMap(\.pictures) {
                    #expect(batch >= threads)
                    let turns = (batch + pictures - 1) / pictures
                    var busiest = 0
                    for thread in 0..<threads {
                        let mine = stride(from: thread, to: turns, by: threads)
                        busiest = max(busiest, mine.reduce(0) { $0 + min(pictures, batch - $1 * pictures) })
                    }
                    #expect(10 * batch >= 9 * busiest * threads)
                }
            }
        }
    }

    /// The largest maps are a thread's own, one picture at a time; what has millions of weights is shared.
    @Test func mapsAreOwnAndWeightsAreShared() throws {
        let mobile = try stretches(NetworkCatalog.entry(named: "mobilenet_v2")!.network, batch: 32, threads: 2)
        #expect(mobile.first?.pictures == 1)
        #expect(mobile.last?.pictures == nil)  // 1,000 classes of 1,280 inputs
        let vgg = try stretches(NetworkCatalog.entry(named: "vgg16")!.network, batch: 8, threads: 2)
        #expect(vgg.last?.pictures == nil)
        let alone = try stretches(NetworkCatalog.entry(named: "vgg16")!.network, batch: 1, threads: 2)
        #expect(alone.map(\.pictures) == [nil])
    }
}
