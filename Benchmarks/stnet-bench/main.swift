import Bytes
import Foundation
import Options

// stnet-bench: what each stage of an evaluation costs on this machine, beside its peers in the same run. Speeds are
// compared as ratios of medians over alternated rounds, because machines are shared and noisy.

let help = HelpText(
    usage: ["stnet-bench [options]"],
    summary:
        "Measures decoding, the two passes and the whole evaluation, beside the peers that Benchmarks/peers/install has installed.",
    sections: [
        (
            "Options",
            [
                .init("threads", "N", "threads", default: "all"),
                .init("rounds", "N", "alternated rounds", default: "3"),
                .init("seconds", "X", "of each measurement", default: "2"),
                .init("photographs", "DIR", "JPEG files", default: "photos-mixed of STNET_DATA, or generated pictures"),
                .init("python", "FILE", "interpreter that has the peers", default: "Benchmarks/peers/.venv/bin/python"),
                .init("json", "FILE", "where the figures go", default: "results/bench.json (growth.json)"),
                .init("only", "PARTS", "some of the parts below, with commas between", default: "all"),
                .init("growth", nil, "how cost grows with images, batch, threads and nodes, and nothing else"),
                .init("precisions", nil, "compare exact and fast on VGG-16's layers, and nothing else"),
                .init(
                    "layers", "NETWORK",
                    "what each layer of a network costs bottom-up, beside the machine's arithmetic and memory, and nothing else"
                ),
                .init("weights", "FILE", "of --layers", default: "seeded"),
                .init("batch", "N", "of --layers", default: "32"),
                .init("help", nil, "this text"),
            ]
        )
    ],
    footer:
        "Parts: \(Suite.parts.joined(separator: ",")).\nOf trained: \(Suite.trainedParts.joined(separator: ",")).\n\nParts of --growth: \(Growth.parts.joined(separator: ","))."
)

do {
    if let problem = InstructionSet.settingProblem { throw UsageError(problem) }
    let parsed = try ParsedOptions(arguments: Array(CommandLine.arguments.dropFirst()), specifications: help.options)
    if parsed.switches.contains("help") {
        print(help.text, terminator: "")
    } else if parsed.switches.contains("precisions") {
        try PrecisionComparison(
            batch: 8, rounds: try parsed.integer("rounds", in: 1...100) ?? 3,
            threads: try parsed.integer("threads", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
        ).run()
    } else if let network = parsed.values["layers"] {
        try LayerTimes(parsed, network: network).run()
    } else if parsed.switches.contains("growth") {
        try Growth(parsed).run()
    } else {
        try Suite(parsed).run()
    }
} catch let error as UsageError {
    FileHandle.standardError.write(Data("stnet-bench: \(error)\n".utf8))
    exit(ExitStatus.usage.rawValue)
} catch {
    FileHandle.standardError.write(Data("stnet-bench: \(error)\n".utf8))
    exit(ExitStatus.badData.rawValue)
}
