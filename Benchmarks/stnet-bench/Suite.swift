import Bytes
import CKernels
import Coordinator
import Dataset
import Foundation
import Jobs
import Node
import Options
import Protocol
import SelectiveTuning

/// All stages, in rounds: each round measures every stage and its peers once.
struct Suite {
    private let threads: Int
    private let rounds: Int
    private let seconds: Double
    private let jsonPath: String
    private let photographs: Photographs
    private let peers: Peers
    private let only: Set<String>?

    init(_ parsed: ParsedOptions) throws {
        threads = try parsed.integer("threads", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
        rounds = try parsed.integer("rounds", in: 1...100) ?? 3
        seconds = try parsed.number("seconds", in: 0.01...600) ?? 2
        jsonPath = parsed.values["json"] ?? "results/bench.json"
        photographs = try Photographs(directory: parsed.values["photographs"])
        only = parsed.values["only"].map { Set($0.split(separator: ",").map(String.init)) }
        for part in only ?? [] where !(Suite.parts + Suite.trainedParts).contains(part) {
            throw UsageError(
                "--only \(part): expected some of \((Suite.parts + Suite.trainedParts).joined(separator: ","))")
        }
        peers = Peers(python: parsed.values["python"] ?? "Benchmarks/peers/.venv/bin/python")
    }

    /// With the largest batch that the networks' activations leave room for.
    static let networks: [(Network, batch: Int)] =
        [
            ("alexnet", 32), ("squeezenet1_0", 32), ("squeezenet1_1", 32), ("googlenet", 32), ("vgg16", 8),
            ("resnet18", 32), ("resnet50", 32), ("inception_v3", 16), ("mobilenet_v2", 32), ("efficientnet_lite0", 32),
        ].map { name, batch in (NetworkCatalog.entry(named: name)!.network, batch) }
    /// Real weights, in the folder `weights` of the project's data: only with them are as many activations zero as in use.
    static let trained: [(Network, batch: Int, path: String)] = [
        (.alexnet, 32, "torchvision-conv-only/alexnet_torchvision_features.safetensors"),
        (.squeezenet11Caffe, 32, "squeezenet1_1-caffe/squeezenet_v1.1.safetensors"),
        (.googlenetCaffe, 32, "googlenet-caffe/googlenet.safetensors"),
        (.vgg16, 8, "torchvision-conv-only/vgg16_torchvision_features_f16.safetensors"),
        (
            NetworkCatalog.entry(named: "efficientnet_lite0")!.network, 32,
            "efficientnet-lite0/efficientnet-lite0-57934424.pth"
        ),
    ]
    /// What `--only` takes.
    static var parts: [String] { ["decode"] + networks.map(\.0.name) + ["trained", "demo", "coordinator", "gpu-host"] }
    /// Those of `trained`, one by one.
    static var trainedParts: [String] { trained.map { "trained-\($0.0.name)" } }

    private func isWanted(_ part: String) -> Bool { only?.contains(part) ?? true }

    func run() throws {
        let pool = try ThreadPool(threads: threads)
        print(
            "\(String(cString: ck_isa_name(ck_isa_best()))), \(threads) threads, \(photographs.files.count) pictures of \(photographs.directory)"
        )
        var stages: [Stage] = []
        if isWanted("decode") { stages.append(DecodeStage(photographs: photographs, seconds: seconds)) }
        for (network, batch) in Suite.networks where isWanted(network.name) {
            let passes = try PassStages(
                network: network, pool: pool, batch: batch, photographs: photographs, seconds: seconds)
            stages += [passes.forward, passes.dense, passes.fast, passes.topDown]
            if network.name == "alexnet" {
                stages.append(WholeStage(passes: passes, pool: pool, photographs: photographs))
            }
        }
        stages += try trainedStages(pool)
        if isWanted("demo") {
            let cluster = try ClusterStage.Work(pictures: 3000)
            stages.append(ClusterStage(work: cluster, threads: threads, nodes: 0))
            stages.append(ClusterStage(work: cluster, threads: threads, nodes: 2))
        }
        if isWanted("coordinator") { stages.append(CoordinatorStage(images: 100_000, nodes: 8)) }
        if isWanted("gpu-host") { stages += try deviceHostStages() }

        var measurements = stages.map {
            Measurement(stage: $0.name, operationsPerImage: $0.operationsPerImage, note: $0.note)
        }
        for (index, stage) in stages.enumerated() { measurements[index].peers = stage.peers.map { ($0.name, []) } }
        var (peaks, copies): ([Double], [Double]) = ([], [])
        for round in 1...rounds {
            print("round \(round) of \(rounds)")
            peaks.append(MachinePeak.operationsPerSecond(pool))
            copies.append(try MachinePeak.copiedBytesPerSecond(pool))
            for (index, stage) in stages.enumerated() {
                measurements[index].rounds.append(try stage.measure())
                for (number, peer) in stage.peers.enumerated() {
                    let arguments = peer.arguments.map { $0 == "THREADS" ? String(threads) : $0 } + [String(seconds)]
                    if let value = peers.measure(arguments) { measurements[index].peers[number].rounds.append(value) }
                }
            }
        }
        let (peak, copy) = (Measurement.median(peaks), Measurement.median(copies))
        report(measurements, peak: peak, copy: copy)
        try write(measurements, peak: peak, copy: copy)
    }

    /// With as many threads as a node on a GPU gives to boxes.
    private func deviceHostStages() throws -> [Stage] {
        let sharp = try JobOptions(MethodPreset.sharp.texts)
        return try [Network.googlenetCaffe, .squeezenet10Caffe].flatMap { network in
            try [("reference", JobOptions().localization), ("sharp", sharp.localization)].compactMap {
                preset, options in
                try DeviceHostStage(
                    network: network, preset: preset, options: options, threads: max(1, min(threads / 4, 4)),
                    seconds: seconds)
            }
        }
    }

    /// None without the project's data.
    private func trainedStages(_ pool: ThreadPool) throws -> [Stage] {
        let folder = (ProcessInfo.processInfo.environment["STNET_DATA"] ?? "../shared/data") + "/weights/"
        return try Suite.trained.flatMap { network, batch, path -> [Stage] in
            guard isWanted("trained") || isWanted("trained-\(network.name)") else { return [] }
            guard FileManager.default.fileExists(atPath: folder + path) else {
                print("no trained weights: \(folder + path) is not there")
                return []
            }
            let passes = try PassStages(
                network: network, trained: folder + path, pool: pool, batch: batch, photographs: photographs,
                seconds: seconds)
            var whole: [Stage] = []
            if network.name == "alexnet" {
                let cache = try InputCache(directory: "results/bench-inputs", limitBytes: 1 << 30)
                whole.append(WholeStage(passes: passes, pool: pool, photographs: photographs))
                whole.append(WholeStage(passes: passes, pool: pool, photographs: photographs, cache: cache))
            }
            return [passes.forward, passes.dense, passes.fast, passes.topDown] + whole
        }
    }

    private func report(_ measurements: [Measurement], peak: Double, copy: Double) {
        func pad(_ text: String, _ width: Int, left: Bool = false) -> String {
            let space = String(repeating: " ", count: max(0, width - text.count))
            return left ? text + space : space + text
        }
        func number(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }
        print(
            "\npeak, all threads: \(number(peak / 1e9)) GFLOP/s (float32 multiply-adds), \(number(copy / 1e9)) GB/s copied\n"
        )
        print(
            pad("stage", 44, left: true) + pad("images/s", 10) + pad("spread", 8) + pad("of peak", 9)
                + pad("best peer", 28) + pad("ratio", 8))
        for m in measurements {
            let share = m.operationsPerImage.map { number(100 * $0 * m.median / peak) + " %" } ?? ""
            let peer = m.bestPeer.map { "\($0.name) \(number($0.value))" } ?? ""
            let ratio = m.bestPeer.map { number(m.median / $0.value, 2) } ?? ""
            print(
                pad(m.stage, 44, left: true) + pad(number(m.median), 10) + pad(number(100 * m.spread, 0) + " %", 8)
                    + pad(share, 9) + pad(peer, 28) + pad(ratio, 8))
        }
        func find(_ name: String) -> Measurement? { measurements.first { $0.stage == name } }
        print("")
        for (network, _) in Suite.networks {
            guard let forward = find("forward \(network.name)"), let topDown = find("top-down \(network.name)"),
                let fast = find("forward \(network.name), fast")
            else { continue }
            print(
                "\(network.name): top-down / forward, time an image: \(number(forward.median / topDown.median, 3)); "
                    + "fast / exact, images a second: \(number(fast.median / forward.median, 2))")
        }
        if let forward = find("forward alexnet"), let topDown = find("top-down alexnet"),
            let decode = find("decode + resize, one thread"),
            let whole = find("whole evaluation alexnet")
        {
            let sum = 1 / (1 / (decode.median * Double(threads)) + 1 / forward.median + 1 / topDown.median)
            print(
                "whole evaluation / what the sum of the stages allows (\(number(sum)) images/s): \(number(whole.median / sum, 3))"
            )
        }
        if let embedded = find("evaluation demo, embedded"),
            let nodes = measurements.first(where: { $0.stage.hasSuffix("nodes, loopback") })
        {
            print("\(nodes.stage) / embedded: \(number(nodes.median / embedded.median, 3))")
        }
        print("largest resident memory: \(number(peakMemory / 1_048_576, 0)) MiB")
    }

    private var peakMemory: Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return Double(usage.ru_maxrss) * 1024
    }

    private func write(_ measurements: [Measurement], peak: Double, copy: Double) throws {
        let json = JSON.object([
            ("isa", .string(String(cString: ck_isa_name(ck_isa_best())))), ("threads", .int(threads)),
            ("rounds", .int(rounds)),
            ("peak_gflops", .double(peak / 1e9)), ("copied_gigabytes_per_second", .double(copy / 1e9)),
            ("pictures", .string(photographs.label)),
            ("largest_resident_mib", .double(peakMemory / 1_048_576)),
            ("stages", .array(measurements.map { $0.json(peak: peak) })),
        ])
        try Figures.write(json, to: jsonPath)
    }
}
