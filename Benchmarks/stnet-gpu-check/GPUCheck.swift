import Bytes
import CKernels
import Jobs
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
    private let seconds: Double
    private let minutes: Double
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
        networks = try parsed.integer("networks", in: 1...1_000_000) ?? (isTiny ? 4 : 150)
        pictures = try parsed.integer("pictures", in: 1...100_000) ?? (isTiny ? 3 : 64)
        seconds = try parsed.number("seconds", in: 0...600) ?? (isTiny ? 0 : 2)
        minutes = try parsed.number("minutes", in: 0...1440) ?? 9
        threads = try parsed.integer("threads", in: 1...1024) ?? Processors.available
        python = values["python"] ?? "python3"
        peer = values["peer"] ?? "Benchmarks/gpu_peer.py"
        demo = values["demo"] ?? "Demo"
        work = values["work"] ?? "results/gpu-check"
        jsonPath = values["json"] ?? work + "/gpu-check.json"
    }

    /// Whether everything is the same. What has been found is written after each part, so that nothing is lost when the
    /// machine goes away.
    func run() throws -> Bool {
        var time = TimeLeft(minutes: minutes)
        let device = try CUDADevice(asked)
        try makeDirectories(work)
        let pool = try ThreadPool(threads: threads)
        var report = GPUReport(device: device, threads: threads)
        if only.contains("kernels"), time.allows("kernels", seconds: 1) {
            say("kernels: \(networks) random networks")
            var check = KernelCheck()
            try check.run(
                count: networks, largest: isTiny ? 12 : 40, pictures: isTiny ? 2 : 5, device: device, pool: pool,
                time: &time)
            report.kernels = check
            try write(report, time)
        }
        if only.contains("runs"), report.isSame { try evaluate(&report, &time) }
        if only.contains("stages"), report.isSame { try measure(device, pool, &report, &time) }
        report.leftOut = time.leftOut
        try write(report, time)
        print(report.text)
        print("figures in \(jsonPath)")
        return report.isSame && (report.isAnythingCompared || only == ["stages"])
    }

    private func write(_ report: GPUReport, _ time: TimeLeft) throws {
        var report = report
        report.leftOut = time.leftOut
        try AtomicFile.write(path: jsonPath, text: report.json.pretty)
    }

    private func measure(
        _ device: CUDADevice, _ pool: ThreadPool, _ report: inout GPUReport, _ time: inout TimeLeft
    ) throws {
        guard time.allows("stages", seconds: isTiny ? 0 : 5) else { return }
        report.peak = try device.peakOperationsPerSecond(steps: isTiny ? 10 : 200_000, rounds: isTiny ? 1 : 5)
        let sharp = try JobOptions(MethodPreset.sharp.texts).localization
        // At the product's batch first, then with few pictures at once.
        for batch in isTiny ? [1] : [nil, 64] {
            for network in try stageNetworks() {
                for (preset, options) in [("reference", LocalizationOptions()), ("sharp", sharp)] {
                    let what = "\(network.name), \(preset)" + (batch.map { ", \($0) at once" } ?? "")
                    guard time.allows("stages: \(what)", seconds: 6 * seconds) else { continue }
                    say("stages: \(what)")
                    var stage = try StageCheck(
                        network: network, preset: preset, options: options, batch: batch, seconds: seconds,
                        device: device, pool: pool)
                    if !device.isEmulated, preset == "reference", report.torchProblem == nil {
                        let (found, problem) = try TorchPeer(python: python, script: peer)
                            .measure(network, batch: stage.atOnce, seconds: seconds / 2, work: work)
                        stage.torch = found
                        report.torchProblem = problem
                    }
                    report.stages.append(stage)
                    try write(report, time)
                }
            }
        }
        report.leftOut = time.leftOut
    }

    private func demoNetwork() throws -> Network {
        let path = demo + "/network.json"
        let bytes = try WholeFile.read(path: path, limit: 4 << 20)
        return try Network(json: try JSON.parse(bytes, source: path), source: path)
    }

    private func stageNetworks() throws -> [Network] {
        isTiny ? [try demoNetwork()] : [.alexnet, .googlenet, .squeezenet10, .vgg16]
    }

    private func evaluate(_ report: inout GPUReport, _ time: inout TimeLeft) throws {
        let count = isTiny ? pictures : 200
        guard time.allows("evaluation: demo", seconds: isTiny ? 0 : 5) else { return }
        let data = try makePictures(count: count, seed: 2017, isSynset: false)
        say("evaluation: demo, \(count) pictures")
        report.runs.append(
            try WholeRunCheck(
                "demo", network: demo + "/network.json", weights: demo + "/demo.safetensors", data: data,
                pictures: count, gpu: asked, work: work))
        try write(report, time)
        guard !isTiny, report.isSame else { return }
        let large = try makePictures(count: pictures, seed: 1, isSynset: true)
        for (name, options) in Self.evaluations where report.isSame {
            let title = ([name] + options).joined(separator: " ")
            guard time.allows("evaluation: \(title)", seconds: 40) else { continue }
            say("evaluation: \(title), \(pictures) pictures")
            let weights = "\(work)/\(name).safetensors"
            try tool(["random-weights", "--network", name, "--out", weights, "--seed", "1"])
            report.runs.append(
                try WholeRunCheck(
                    title, network: name, weights: weights, data: large, pictures: pictures, gpu: asked,
                    options: options, work: work))
            try write(report, time)
        }
        report.leftOut = time.leftOut
    }

    /// What costs the CPU least first.
    private static let evaluations: [(network: String, options: [String])] = [
        ("alexnet", []), ("squeezenet1_0", []), ("squeezenet1_0", ["--preset", "sharp"]),
        ("googlenet", ["--preset", "sharp"]), ("googlenet", ["--method", "cam"]),
        ("googlenet", ["--method", "gradcam"]), ("mobilenet_v2", []), ("resnet18", []), ("vgg16", []),
    ]

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
