import Bytes
import CKernels
import Options
import SelectiveTuning

// stnet-gpu-check: whether a GPU computes the CPU's bits, and what each stage costs on it. Benchmarks/gpu-check starts it.

let help = HelpText(
    usage: ["stnet-gpu-check [options]"],
    summary: """
        On a machine with a GPU: every kernel against the CPU's, whole evaluations by their SHA-256 on one GPU and on all,
        the time of each stage by the device's events, and PyTorch beside it where python3 can import it. What is cheap
        comes first, and the first difference ends it. Prints one table.
        """,
    sections: [
        (
            "Options",
            [
                .init("gpu", "INDEX|UUID", "the device", default: "0"),
                .init("only", "PARTS", GPUCheck.parts.joined(separator: ","), default: "all"),
                .init("tiny", nil, "so little of everything that an emulated device can do it"),
                .init("minutes", "X", "time for all; what does not fit is left out, and named", default: "9"),
                .init("networks", "N", "random networks", default: "150"),
                .init("pictures", "N", "generated pictures of each evaluation", default: "64"),
                .init("seconds", "X", "of each measurement", default: "2"),
                .init("threads", "N", "threads of the host", default: "all"),
                .init("python", "FILE", "interpreter that has PyTorch", default: "python3"),
                .init("peer", "FILE", "gpu_peer.py", default: "Benchmarks/gpu_peer.py"),
                .init("demo", "DIR", "the small network's folder", default: "Demo"),
                .init("work", "DIR", "for pictures, weights and results", default: "results/gpu-check"),
                .init("json", "FILE", "where the figures go", default: "gpu-check.json in --work"),
                .init("help", nil, "this text"),
            ]
        )
    ],
    footer:
        "Exit status: 0 all the same; 1 something differs, or nothing was compared; 64 usage; 69 no such device; 70 it failed."
)

do {
    if let problem = InstructionSet.settingProblem { throw UsageError(problem) }
    let parsed = try ParsedOptions(arguments: Array(CommandLine.arguments.dropFirst()), specifications: help.options)
    if parsed.switches.contains("help") {
        print(help.text, terminator: "")
    } else {
        exit(try GPUCheck(parsed).run() ? 0 : 1)
    }
} catch let error as UsageError {
    complain("\(error)")
    exit(ExitStatus.usage.rawValue)
} catch let error as CUDAFailure {
    complain("\(error)")
    exit(ExitStatus.noNodeReachable.rawValue)
} catch {
    complain("\(error)")
    exit(70)
}

func complain(_ text: String) { StandardError.say("stnet-gpu-check", text) }
