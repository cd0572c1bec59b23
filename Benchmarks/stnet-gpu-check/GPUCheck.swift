import Bytes
import CKernels
import Options
import SelectiveTuning

/// Everything that is checked and measured, in order.
struct GPUCheck {
    static let parts = ["kernels", "runs", "stages"]

    private let asked: String
    private let isTiny: Bool
    private let only: Set<String>
    private let networks: Int
    private let pictures: Int
    private let batch: Int
    private let seconds: Double
    private let threads: Int
    private let python: String
    private let peer: String
    private let demo: String
    private let work: String
    private let jsonPath: String

    init(_ parsed: ParsedOptions) throws {
        let values = parsed.values
        asked = values["gpu"] ?? "0"
        isTiny = parsed.switches.contains("tiny")
        only = Set(values["only"].map { $0.split(separator: ",").map(String.init) } ?? Self.parts)
        for part in only where !Self.parts.contains(part) {
            throw UsageError("--only \(part): expected some of \(Self.parts.joined(separator: ","))")
        }
        networks = try parsed.integer("networks", in: 1...1_000_000) ?? (isTiny ? 4 : 200)
        pictures = try parsed.integer("pictures", in: 1...100_000) ?? (isTiny ? 3 : 64)
        batch = try parsed.integer("batch", in: 1...1024) ?? (isTiny ? 1 : 128)
        seconds = try parsed.number("seconds", in: 0...600) ?? (isTiny ? 0 : 3)
        threads = try parsed.integer("threads", in: 1...1024) ?? Processors.available
        python = values["python"] ?? "python3"
        peer = values["peer"] ?? "Benchmarks/gpu_peer.py"
        demo = values["demo"] ?? "Demo"
        work = values["work"] ?? "results/gpu-check"
        jsonPath = values["json"] ?? work + "/gpu-check.json"
    }

    /// Whether everything is the same.
    func run() throws -> Bool {
        let device = try CUDADevice(asked)
        try makeDirectories(work)
        let pool = try ThreadPool(threads: threads)
        var report = GPUReport(device: device, threads: threads)
        report.peak = try device.peakOperationsPerSecond(steps: isTiny ? 10 : 200_000, rounds: isTiny ? 1 : 5)
        if only.contains("kernels") {
            say("kernels: \(networks) random networks")
            var check = KernelCheck()
            try check.run(
                seeds: 0..<networks, largest: isTiny ? 12 : 40, pictures: isTiny ? 2 : 5, device: device, pool: pool)
            report.kernels = check
        }
        if only.contains("runs") { report.runs = try wholeRuns() }
        if only.contains("stages") {
            for network in try stageNetworks() {
                say("stages: \(network.name)")
                var stage = try StageCheck(
                    network: network, batch: batch, seconds: seconds, device: device, pool: pool)
                if !device.isEmulated {
                    let (found, problem) = try TorchPeer(python: python, script: peer)
                        .measure(network, batch: stage.atOnce, seconds: seconds, work: work)
                    stage.torch = found
                    if let problem { report.torchProblem = problem }
                }
                report.stages.append(stage)
            }
        }
        print(report.text)
        try AtomicFile.write(path: jsonPath, text: report.json.pretty)
        print("figures in \(jsonPath)")
        return report.isSame
    }

    private func demoNetwork() throws -> Network {
        let path = demo + "/network.json"
        let bytes = try WholeFile.read(path: path, limit: 4 << 20)
        return try Network(json: try JSON.parse(bytes, source: path), source: path)
    }

    private func stageNetworks() throws -> [Network] {
        isTiny ? [try demoNetwork()] : [.alexnet, .vgg16, .googlenet]
    }

    private func wholeRuns() throws -> [WholeRunCheck] {
        var runs: [WholeRunCheck] = []
        let count = isTiny ? pictures : 200
        let data = try makePictures(count: count, seed: 2017, isSynset: false)
        say("evaluation: demo, \(count) pictures")
        runs.append(
            try WholeRunCheck(
                "demo", network: demo + "/network.json", weights: demo + "/demo.safetensors", data: data,
                pictures: count, gpu: asked, batch: nil, work: work))
        guard !isTiny else { return runs }
        let large = try makePictures(count: pictures, seed: 1, isSynset: true)
        for name in ["alexnet", "vgg16", "googlenet"] {
            say("evaluation: \(name), \(pictures) pictures")
            let weights = "\(work)/\(name).safetensors"
            try tool(["random-weights", "--network", name, "--out", weights, "--seed", "1"])
            runs.append(
                try WholeRunCheck(
                    name, network: name, weights: weights, data: large, pictures: pictures, gpu: asked, batch: nil,
                    work: work))
        }
        return runs
    }

    private func makePictures(count: Int, seed: Int, isSynset: Bool) throws -> String {
        let folder = work + (isSynset ? "/pictures-synsets" : "/pictures")
        _ = try ChildProcess.run("rm", ["-rf", folder])
        try tool(
            ["demo-images", "--count", String(count), "--seed", String(seed), "--out", folder]
                + (isSynset ? ["--synsets"] : []))
        return folder
    }

    private func tool(_ arguments: [String]) throws {
        let (status, output) = try Programs.run(Programs.own("stnet-tool"), arguments)
        guard status == 0 else { throw ProgramFailed("stnet-tool", arguments, status, output) }
    }

    private func say(_ text: String) { StandardError.say("stnet-gpu-check", text) }
}
