import SelectiveTuning
import Testing

/// What the host asks of a device, counted with networks of full size on a driver that computes nothing. A machine with a
/// GPU waits for its host where this is too much.
@Suite struct CUDACountTests {
    private static let sharp = LocalizationOptions(
        topDown: TopDownOptions(linearMode: .all, bridgeMode: .all, oneByOne: .ladder),
        box: BoxOptions(rule: .mass, mass: 0.9, margin: 0.035))

    private struct Counts {
        var launches, graphs, up, down: Int

        init(_ driver: EmulatedDriver) {
            (launches, graphs) = (driver.count("launches"), driver.count("graphs"))
            (up, down) = (driver.count("up"), driver.count("down"))
        }

        static func - (a: Counts, b: Counts) -> Counts {
            var counts = a
            counts.launches -= b.launches
            counts.graphs -= b.graphs
            counts.up -= b.up
            counts.down -= b.down
            return counts
        }
    }

    @Test(arguments: [Network.googlenetCaffe, .squeezenet10Caffe], [LocalizationOptions(), sharp])
    func aBatchIsTwoGraphsAndAFewBytesAPicture(network: Network, options: LocalizationOptions) throws {
        let driver = try EmulatedDriver(["IDLE": 1, "MEMORY": 1 << 36, "MULTIPROCESSORS": 132])
        let gpu = try CUDABackend(
            network: network, source: ZeroTensors(), device: try driver.device(),
            pool: try ThreadPool(threads: 2), batch: 16)
        let pixels = [UInt8](repeating: 0, count: 3 * network.inputSize * network.inputSize)
        let pictures = (0..<8).map { Picture(pixels: pixels, label: $0) }
        // Loads, captures.
        let before = Counts(driver)
        _ = try gpu.evaluate(pictures + pictures + pictures + pictures, options: options)
        let first = Counts(driver) - before
        #expect(first.graphs == 4, "the second time of each half of each slot")
        let kernels = first.launches / 4
        #expect(kernels > 100)
        let start = Counts(driver)
        let found = try gpu.evaluate(pictures + pictures + pictures, options: options)
        let counts = Counts(driver) - start
        #expect(found.count == 24)
        #expect(counts.graphs == 2 * 3)
        // All of them are in graphs.
        #expect(counts.launches == 3 * kernels && driver.count("captured") == 2 * kernels + 2 * copiesInGraphs)
        #expect(counts.up == 24 * (pixels.count + 4))
        #expect(counts.down / 24 < 2048)
        #expect(counts.down == 24 * 240, "a finding, and the counts of the pass where the box is and at its end")
        // A batch that is not whole.
        let middle = Counts(driver)
        _ = try gpu.evaluate(Array(pictures.prefix(3)), options: options)
        #expect((Counts(driver) - middle).graphs == 0)
    }

    private let copiesInGraphs = 3

    @Test func aDeviceIsIdleWhereNeitherPassIsAtWork() {
        var timings = CUDATimings()
        #expect(timings.idleShare == 0)
        for span in [2.0..<4.0, 1.0..<3.0, 2.5..<2.75, 6.0..<7.0] { timings.addSpan(span) }
        timings.endCall()
        #expect(timings.idleShare == 1 - 4.0 / 7)
        timings.addSpan(0..<1)
        timings.endCall()
        #expect(timings.idleShare == 1 - 5.0 / 8)
    }

    /// A driver takes seconds to translate all of them.
    @Test func onlyTheModulesThatAJobNeedsAreLoadedAndOnlyOnce() throws {
        let network = SmallNetworks.chain
        let driver = try EmulatedDriver()
        let device = try driver.device()
        #expect(driver.count("modules") == 0)
        let pictures = try SmallNetworks.pictures(network, 2)
        func backend() throws -> CUDABackend {
            try CUDABackend(
                network: network, source: try SeededTensors(network), device: device,
                pool: try ThreadPool(threads: 2), batch: 2)
        }
        let gpu = try backend()
        #expect(driver.count("modules") == 0)
        _ = try gpu.evaluate(pictures, options: LocalizationOptions())
        let first = driver.count("modules")
        #expect(first > 5 && first < 20)
        _ = try gpu.evaluate(pictures, options: LocalizationOptions())
        #expect(driver.count("modules") == first)
        // Another rule's, beside those that are there.
        _ = try gpu.evaluate(
            pictures, options: LocalizationOptions(topDown: TopDownOptions(bridgeMode: .all, oneByOne: .ladder)))
        let second = driver.count("modules")
        #expect((first...first + 2).contains(second))
        // They are the device's: another backend on it finds them.
        _ = try backend().evaluate(pictures, options: LocalizationOptions())
        #expect(driver.count("modules") == second)
    }
}

/// Weights of 0, for what does not depend on them.
private struct ZeroTensors: TensorSource {
    func tensor(_ name: String, expecting shape: [Int]) -> [Float] {
        [Float](repeating: 0, count: shape.reduce(1, *))
    }
}
