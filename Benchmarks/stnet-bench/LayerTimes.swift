import CKernels
import Foundation
import Options
import SelectiveTuning

/// What each layer of one network costs bottom-up, beside what the machine can do at the most.
struct LayerTimes {
    private let network: Network
    private let threads: Int
    private let rounds: Int
    private let batch: Int
    private let weights: String?
    private let photographs: Photographs

    init(_ parsed: ParsedOptions, network name: String) throws {
        guard let entry = NetworkCatalog.entry(named: name) else {
            throw UsageError("--layers: there is no network \(name)")
        }
        network = entry.network
        threads = try parsed.integer("threads", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
        rounds = try parsed.integer("rounds", in: 1...100) ?? 3
        batch = try parsed.integer("batch", in: 1...1024) ?? 32
        weights = parsed.values["weights"]
        photographs = try Photographs(directory: parsed.values["photographs"])
    }

    func run() throws {
        let pool = try ThreadPool(threads: threads)
        let source = TrainedTensors(
            file: try weights.map { try WeightFile.open(path: $0) }, others: try SeededTensors(network))
        let backend = try CPUBackend(network: network, source: source, pool: pool, batch: batch)
        let prepared = try photographs.prepared(inputSize: network.inputSize)
        let pictures = (0..<batch).map { prepared[$0 % prepared.count] }
        backend.forwardOnly(pictures)
        var seconds = [[Double]](repeating: [], count: network.layers.count)
        for _ in 0..<4 * rounds {
            for (layer, time) in backend.layerTimes(pictures).enumerated() {
                seconds[layer].append(time / .seconds(1) / Double(batch))
            }
        }
        let peak = MachinePeak.operationsPerSecond(pool)
        let copy = try MachinePeak.copiedBytesPerSecond(pool)
        let medians = seconds.map { Measurement.median($0) }
        let total = medians.reduce(0, +)
        print("\(network.name), batch \(batch), \(threads) threads, medians of \(4 * rounds) runs")
        print(
            String(
                format: "peak %.1f GFLOP/s, %.1f GB/s copied (as much read as written)\n", peak / 1e9, copy / 1e9))
        print("layer                             kind            us a picture  share  of peak  times copying")
        for (layer, (cost, median)) in zip(network.layers, zip(try network.layerCosts(), medians)) {
            let name = layer.name.padding(toLength: 34, withPad: " ", startingAt: 0)
            let kind = cost.kind.padding(toLength: 16, withPad: " ", startingAt: 0)
            print(
                name + kind
                    + String(
                        format: "%12.1f %5.1f %% %6.1f %% %10.2f", median * 1e6, 100 * median / total,
                        100 * cost.operations / median / peak, median / (cost.bytes / 2 / copy)))
        }
        print(String(format: "\n%.1f us a picture, %.1f images/s", total * 1e6, 1 / total))
    }
}
