import Bytes
import Foundation
import Testing

@testable import Coordinator

/// How close a large fleet comes to the ideal, total work over total speed, on the simulation's clock: no time is
/// measured. By default a tenth of the full size, which `make scale` runs: 1,000 nodes and 1,000,000 images.
@Suite struct ScaleTests {
    private static let isFull = ProcessInfo.processInfo.environment["STNET_SCALE"] == "full"
    private let nodes = isFull ? 1000 : 100
    private let images = isFull ? 1_000_000 : 100_000

    /// Images a second of a node: such as a CPU, and such as a GPU, has.
    @Test(arguments: [50.0, 300.0])
    func equalNodesEndTogether(_ speed: Double) {
        expectMakespan(speeds: Array(repeating: speed, count: nodes), batch: 32, within: 1.03)
    }

    /// Runs of some seconds and more: in shorter ones the smallest leases, a quarter of a second each, show.
    @Test(arguments: [50.0, 100.0])
    func nodesThatDifferTenfoldEndTogether(_ speed: Double) {
        var random = SplitMix64(seed: 10)
        let speeds = (0..<nodes).map { _ in speed * pow(10, Double.random(in: -0.5...0.5, using: &random)) }
        expectMakespan(speeds: speeds, batch: 32, within: 1.05)
    }

    private func expectMakespan(speeds: [Double], batch: Int, within bound: Double) {
        let ideal = Double(images) / speeds.reduce(0, +)
        var simulator = Simulator(
            seed: 1, chaos: Chaos(images: images, paces: speeds.map { Int64(1e6 / $0) }, batch: batch))
        simulator.simulate()
        #expect(simulator.violation == nil)
        let ratio = Double(simulator.now) / 1e6 / ideal
        let extra = Double(simulator.schedule.leasedImages - images) / Double(images) * 100
        print(
            "\(images) images on \(nodes) nodes, \(Int(speeds.min()!)) to \(Int(speeds.max()!)) images/s: "
                + "\(Double(simulator.now) / 1e6) s, \(ratio) of the ideal, \(extra) % leased more than once")
        #expect(ratio <= bound)
    }
}
