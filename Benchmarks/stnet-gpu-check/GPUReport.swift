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

    init(device: CUDADevice, threads: Int) {
        self.device = device
        self.threads = threads
    }

    var isSame: Bool { kernels?.differing ?? 0 == 0 && runs.allSatisfy(\.isSame) }

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
        } else {
            lines.append("measured peak: \(number(peak / 1e12, 2)) TFLOP/s (float32 multiply-adds in registers)")
        }
        if let kernels { lines += kernelLines(kernels) }
        if !runs.isEmpty { lines += runLines }
        if !stages.isEmpty { lines += stageLines }
        lines += ["", isSame ? "ALL BITS ARE THE CPU'S" : "SOMETHING DIFFERS FROM THE CPU"]
        return lines.joined(separator: "\n")
    }

    private func kernelLines(_ kernels: KernelCheck) -> [String] {
        let verdict = kernels.differing == 0 ? "all equal" : "\(kernels.differing) DIFFER"
        return [
            "",
            "kernels: \(kernels.networks) random networks, \(kernels.activations) activations, "
                + "\(kernels.findings) findings: \(verdict)",
        ] + kernels.differences.map { "  differs: \($0)" }
    }

    private var runLines: [String] {
        var lines = [
            "",
            row([("images.jsonl", -14), ("pictures", 9), ("CPU images/s", 14), ("GPU images/s", 14)]) + "  SHA-256",
        ]
        for run in runs {
            let digest = run.isSame ? "equal, \(run.cpuDigest.prefix(16))" : "DIFFERS"
            lines.append(
                row([
                    (run.name, -14), (String(run.pictures), 9), (speed(run.cpuRate, 1), 14),
                    (speed(run.gpuRate, 1), 14),
                ]) + "  \(digest)")
        }
        return lines
    }

    /// Milliseconds a picture.
    private var stageLines: [String] {
        var lines = [
            "",
            row([
                ("stages, ms/image", -18), ("at once", 8), ("MiB", 8), ("upload", 9), ("forward", 9), ("TFLOP/s", 9),
                ("of peak", 9), ("top-down", 10), ("/forward", 9), ("read-back", 10), ("images/s", 10),
                ("first s", 9), ("torch/s", 10), ("fwd ratio", 10),
            ]),
        ]
        for stage in stages {
            func milliseconds(_ value: Double) -> String { speed(value * 1000, 4) }
            let torch = stage.torch.map { number($0.imagesPerSecond, 1) } ?? "-"
            let ratio = stage.torch.map { number(1 / stage.forward / $0.imagesPerSecond, 2) } ?? "-"
            lines.append(
                row([
                    (stage.network.name, -18), (String(stage.atOnce), 8), (String(stage.deviceBytes >> 20), 8),
                    (milliseconds(stage.upload), 9), (milliseconds(stage.forward), 9),
                    (speed(stage.operationsPerSecond / 1e12, 2), 9),
                    (isEmulated ? "-" : number(100 * stage.operationsPerSecond / peak, 1) + " %", 9),
                    (milliseconds(stage.topDown), 10), (speed(stage.topDown / stage.forward, 3), 9),
                    (milliseconds(stage.readBack), 10), (speed(stage.imagesPerSecond, 1), 10),
                    (speed(stage.firstSeconds, 2), 9), (torch, 10), (ratio, 10),
                ]))
        }
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
            ("kernels", kernels?.json ?? .null), ("runs", .array(runs.map { $0.json(isEmulated: isEmulated) })),
            ("stages", .array(stages.map { $0.json(peak: peak, isEmulated: isEmulated) })),
        ])
    }
}
