import Bytes
import Foundation
import Options
import SelectiveTuning

// stnet-fleet: what a coordinator costs that leads many nodes. The real stnet-coord, over TCP on loopback with a key,
// its journal in a file; the nodes, all of them in this process, speak the real protocol and make their results up.

let help = HelpText(
    usage: ["stnet-fleet [options]"],
    summary: "Measures CPU time an image, memory and makespan of stnet-coord on many nodes that make their results up.",
    sections: [
        (
            "Options",
            [
                .init("images", "N", "images of the job", default: "1000000"),
                .init("nodes", "N", "nodes", default: "1000"),
                .init("speed", "X", "images a second of a node", default: "20"),
                .init("spread", "X", "the fastest node is so many times as fast as the slowest", default: "1"),
                .init("batch", "N", "images a batch of a node", default: "8"),
                .init("out", "DIR", "for the job's files", default: "results/fleet"),
                .init("json", "FILE", "where the figures go as well"),
                .init("help", nil, "this text"),
            ]
        )
    ])

func number(_ parsed: ParsedOptions, _ name: String, _ standard: Double) throws -> Double {
    guard let text = parsed.values[name] else { return standard }
    guard let value = Double(text), value >= 1, value <= 1e7 else {
        throw UsageError("--\(name) \(text): expected a number from 1 to 10000000")
    }
    return value
}

/// With this many digits behind the point.
func fixed(_ value: Double, _ digits: Int = 1) -> String { String(format: "%.\(digits)f", value) }

func measure(_ parsed: ParsedOptions) throws {
    let nodes = Int(try number(parsed, "nodes", 1000))
    let speed = try number(parsed, "speed", 20)
    let spread = try number(parsed, "spread", 1)
    var random = SeededGenerator(seed: 1)
    let speeds = (0..<nodes).map { _ in speed * pow(spread, Double.random(in: -0.5...0.5, using: &random)) }
    let run = FleetRun(
        images: Int(try number(parsed, "images", 1_000_000)), speeds: speeds,
        batch: Int(try number(parsed, "batch", 8)), directory: parsed.values["out"] ?? "results/fleet")
    let outcome = try run.run()
    let perImage = 1e6 / Double(run.images)
    print("\(run.images) images on \(nodes) nodes of \(fixed(speeds.min()!)) to \(fixed(speeds.max()!)) images/s")
    print(
        "makespan \(fixed(outcome.makespan)) s, \(fixed(outcome.makespan / outcome.ideal, 3)) of the ideal "
            + "\(fixed(outcome.ideal)) s")
    func line(_ name: String, _ seconds: Double, _ memory: Double) {
        print("\(name): \(fixed(seconds * perImage)) us of CPU an image, peak so far \(fixed(memory)) MiB")
    }
    line("reading the annotations", outcome.reading.seconds, outcome.reading.peakMebibytes)
    line(
        "leading the nodes", outcome.leading.seconds - outcome.reading.seconds, outcome.leading.peakMebibytes)
    line("writing the results", outcome.all.seconds - outcome.leading.seconds, outcome.all.peakMebibytes)
    line("in all", outcome.all.seconds, outcome.all.peakMebibytes)
    guard let path = parsed.values["json"] else { return }
    let json = JSON.object([
        ("images", .int(run.images)), ("nodes", .int(nodes)),
        ("makespan_seconds", .double(outcome.makespan)),
        ("makespan_over_ideal", .double(outcome.makespan / outcome.ideal)),
        ("reading_cpu_microseconds_per_image", .double(outcome.reading.seconds * perImage)),
        (
            "leading_cpu_microseconds_per_image",
            .double((outcome.leading.seconds - outcome.reading.seconds) * perImage)
        ),
        ("cpu_microseconds_per_image", .double(outcome.all.seconds * perImage)),
        ("peak_mebibytes", .double(outcome.all.peakMebibytes)),
    ])
    try AtomicFile.write(path: path, text: json.pretty)
}

do {
    if let problem = InstructionSet.settingProblem { throw UsageError(problem) }
    let parsed = try ParsedOptions(arguments: Array(CommandLine.arguments.dropFirst()), specifications: help.options)
    if parsed.switches.contains("help") { print(help.text, terminator: "") } else { try measure(parsed) }
} catch let error as UsageError {
    FileHandle.standardError.write(Data("stnet-fleet: \(error)\n".utf8))
    exit(ExitStatus.usage.rawValue)
} catch {
    FileHandle.standardError.write(Data("stnet-fleet: \(error)\n".utf8))
    exit(ExitStatus.badData.rawValue)
}
