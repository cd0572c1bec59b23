import CKernels
import SelectiveTuning
import Testing

/// Precision `fast` over whole networks: near `exact`, and the same bits however the work is cut.
@Suite struct FastPrecisionTests {
    private func outputs(
        _ network: Network, _ precision: Precision, threads: Int, batch: Int, pictures: [Picture],
        as run: Precision? = nil
    ) throws -> [[Float]] {
        let backend = try CPUBackend(
            network: network, source: RandomTensors(seed: 4), pool: try ThreadPool(threads: threads), batch: batch,
            precision: precision)
        var outputs: [[Float]] = []
        for start in stride(from: 0, to: pictures.count, by: batch) {
            let part = Array(pictures[start..<min(start + batch, pictures.count)])
            backend.forwardOnly(part, precision: run)
            outputs += part.indices.map { backend.outputs(image: $0) }
        }
        return outputs
    }

    private func pictures(_ network: Network) -> [Picture] {
        (0..<5).map { Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: $0 + 60), label: 0) }
    }

    @Test(arguments: [("squeezenet1_1", 67), ("googlenet", 64), ("alexnet-caffe", 95)])
    func outputsAreNearAndDoNotDependOnBatchOrThreads(name: String, side: Int) throws {
        var network = try NetworkCatalog.network(named: name)
        network.inputSize = side
        let pictures = pictures(network)
        let exact = try outputs(network, .exact, threads: 2, batch: 5, pictures: pictures)
        let fast = try outputs(network, .fast, threads: 2, batch: 5, pictures: pictures)
        for (fast, exact) in zip(fast, exact) {
            let largest = exact.map(abs).max()!
            let difference = zip(fast, exact).map { abs($0 - $1) }.max()! / largest
            #expect(difference < 0.03, "\(difference) of the largest output")
            #expect(fast != exact, "nothing was computed in another way")
        }
        #expect(try outputs(network, .fast, threads: 1, batch: 1, pictures: pictures) == fast)
        #expect(try outputs(network, .fast, threads: 3, batch: 2, pictures: pictures) == fast)
    }

    /// Winograd's tiles are for windows that move by one in both directions.
    @Test(arguments: [
        Sides(1), Sides(2), Sides(height: 1, width: 2), Sides(height: 2, width: 1),
    ]) func stridesAndPaddingMayDifferByAxis(step: Sides) throws {
        let network = Network(
            name: "strides", inputSize: 33, normalization: .imagenet,
            layers: [
                Layer("a", .convolution(.init(outputs: 24, kernel: 3, padding: 1)), from: ["image"]),
                Layer(
                    "b",
                    .convolution(
                        .init(
                            outputs: 32, kernel: 3, stride: step,
                            padding: Padding(top: 0, left: 2, bottom: 1, right: 1), rectifier: .relu6)), from: ["a"]),
                Layer("g", .globalAveragePool, from: ["b"]),
                Layer("f", .linear(.init(outputs: 9, rectifier: .none)), from: ["g"]),
            ], readOuts: [])
        let pictures = pictures(network)
        let exact = try outputs(network, .exact, threads: 1, batch: 5, pictures: pictures)
        let fast = try outputs(network, .fast, threads: 1, batch: 5, pictures: pictures)
        for (fast, exact) in zip(fast, exact) {
            let largest = exact.map(abs).max()!
            #expect(zip(fast, exact).allSatisfy { abs($0 - $1) < 0.03 * largest }, "\(fast) \(exact)")
        }
    }

    @Test func aBackendForFastComputesExactToo() throws {
        var network = Network.squeezenet11
        network.inputSize = 67
        let pictures = pictures(network)
        let exact = try outputs(network, .exact, threads: 1, batch: 5, pictures: pictures)
        #expect(try outputs(network, .fast, threads: 2, batch: 3, pictures: pictures, as: .exact) == exact)
    }
}
