import Bytes
import CKernels
import SelectiveTuning

/// What came out: one text for people, one JSON for programs. On an emulated device no speed is shown.
struct GPUReport {
    let device: CUDADevice
    let threads: Int
    var peak = 0.0
    var kernels: KernelCheck?
    var runs: [WholeRunCheck] = []
    var stages: [StageCheck] = []
    /// Why there is no column of PyTorch.
    var torchProblem: String?
    /// What there was no time for.
    var leftOut: [String] = []

    init(device: CUDADevice, threads: Int) {
        self.device = device
        self.threads = threads
    }

    /// The first difference from the CPU, after which nothing more was done.
    var difference: String? { kernels?.difference ?? runs.lazy.compactMap(\.difference).first }

    var isSame: Bool { difference == nil }

    var isAnythingCompared: Bool { kernels != nil || !runs.isEmpty }

    private var isEmulated: Bool { device.isEmulated }

    var text: String {
        var lines = [
            "",
            "\(device.description), compute capability \(device.computeCapability / 10)."
                + "\(device.computeCapability % 10), \(device.multiprocessors) multiprocessors, "
                + "\(device.memoryBytes >> 20) MiB, driver for CUDA \(device.driverVersion)",
            "host: \(String(cString: ck_isa_name(ck_isa_best()))), \(threads) threads",
        ]
        if isEmulated {
            lines.append("THE DEVICE IS AN EMULATION ON THE CPU, NO GPU: bits are compared, no speed means anything.")
        } else if peak > 0 {
            lines.append("measured peak: \(number(peak / 1e12, 2)) TFLOP/s (float32 multiply-adds in registers)")
        }
        if let kernels { lines += kernelLines(kernels) }
        if !runs.isEmpty { lines += runLines }
        if !stages.isEmpty { lines += stageLines }
        if !leftOut.isEmpty { lines += ["", "left out, for there was no time:"] + leftOut.map { "  \($0)" } }
        lines.append("")
        if let difference {
            lines += ["SOMETHING DIFFERS FROM THE CPU, and nothing was done after it:", "  \(difference)"]
        } else {
            lines.append(isAnythingCompared ? "ALL BITS ARE THE CPU'S" : "NOTHING WAS COMPARED")
        }
        return lines.joined(separator: "\n")
    }

    private func kernelLines(_ kernels: KernelCheck) -> [String] {
        [
            "",
            "kernels: \(kernels.networks) random networks, \(kernels.activations) activations, "
                + "\(kernels.findings) findings: \(kernels.difference == nil ? "all equal" : "ONE DIFFERS")",
        ]
    }

    private var runLines: [String] {
        var lines = [
            "",
            row([("images.jsonl", -32), ("pictures", 9), ("CPU im/s", 10), ("GPU im/s", 10), ("all GPUs", 10)])
                + "  SHA-256",
        ]
        for run in runs {
            let digest = run.difference == nil ? "equal, \(run.cpuDigest.prefix(12))" : "DIFFERS"
            lines.append(
                row([
                    (run.name, -32), (String(run.pictures), 9), (speed(run.cpuRate, 1), 10),
                    (speed(run.gpuRate, 1), 10), (speed(run.allRate, 1), 10),
                ]) + "  \(digest)")
        }
        return lines
    }

    /// Microseconds a picture; shares in percent.
    private var stageLines: [String] {
        var lines = [
            "",
            row([
                ("stages, us a picture", -26), ("at once", 8), ("upload", 7), ("forward", 8), ("of peak", 8),
                ("top-down", 9), ("of fwd", 7), ("host", 6), ("idle", 7), ("images/s", 9), ("first s", 8),
                ("torch/s", 8), ("TF32/s", 8),
            ]),
        ]
        for stage in stages {
            func micro(_ value: Double) -> String { speed(value * 1e6, 1) }
            func percent(_ value: Double) -> String { isEmulated ? "-" : number(100 * value, 1) + " %" }
            lines.append(
                row([
                    ("\(stage.network.name), \(stage.preset)", -26), (String(stage.atOnce), 8),
                    (micro(stage.upload), 7), (micro(stage.forward), 8),
                    (percent(stage.operationsPerSecond / peak), 8), (micro(stage.topDown), 9),
                    (speed(stage.topDown / stage.forward, 2), 7), (micro(stage.host), 6),
                    (percent(stage.idleShare), 7), (speed(stage.imagesPerSecond, 0), 9),
                    (speed(stage.firstSeconds, 2), 8), (stage.torch.map { number($0.imagesPerSecond, 0) } ?? "-", 8),
                    (stage.torch.map { number($0.withTF32, 0) } ?? "-", 8),
                ]))
        }
        lines += [
            "upload, forward, top-down: by the device's events, which overlap; host: processor time of the thread that gives",
            "the device its work; idle: neither pass ran, in calls of eight batches; first: with the kernels' translation where",
            "the driver has not kept it; torch: its forward pass alone, float32, and with TF32 (10 bits of mantissa)",
        ]
        if let torchProblem, !isEmulated { lines.append("no PyTorch: \(torchProblem)") }
        return lines
    }

    private func speed(_ value: Double, _ digits: Int) -> String { isEmulated ? "-" : number(value, digits) }

    private func number(_ value: Double, _ digits: Int) -> String { decimal(value, places: digits) }

    /// Cells with their widths; a negative one stands at the left.
    private func row(_ cells: [(text: String, width: Int)]) -> String {
        cells.map { text, width in
            let space = String(repeating: " ", count: max(0, abs(width) - text.count))
            return width < 0 ? text + space : space + text
        }.joined()
    }

    var json: JSON {
        .object([
            ("device", .string(device.name)), ("uuid", .string(device.uuid)), ("emulated", .bool(isEmulated)),
            ("compute_capability", .int(device.computeCapability)),
            ("multiprocessors", .int(device.multiprocessors)), ("memory_bytes", .int(device.memoryBytes)),
            ("driver_cuda", .string(device.driverVersion)), ("threads", .int(threads)),
            ("isa", .string(String(cString: ck_isa_name(ck_isa_best())))),
            ("peak_flops", isEmulated ? .null : .double(peak)), ("same", .bool(isSame)),
            ("difference", difference.map(JSON.string) ?? .null), ("left_out", .array(leftOut.map(JSON.string))),
            ("kernels", kernels?.json ?? .null), ("runs", .array(runs.map { $0.json(isEmulated: isEmulated) })),
            ("stages", .array(stages.map { $0.json(peak: peak, isEmulated: isEmulated) })),
        ])
    }
}
