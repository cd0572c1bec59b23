import Bytes
import Foundation
import Options
import SelectiveTuning

/// How cost grows with one quantity while the others are held.
struct Growth {
    private let threads: Int
    private let seconds: Double
    private let jsonPath: String
    private let only: Set<String>?
    private let photographs: Photographs

    static let parts = ["images", "batch", "threads", "nodes", "fleet"]

    /// One curve; in the JSON with its axes' names.
    struct Curve {
        var name: String
        var x: String
        var y: String
        var points: [(x: Double, y: Double)] = []

        var json: JSON {
            .object([
                ("name", .string(name)), ("x", .string(x)), ("y", .string(y)),
                ("points", .array(points.map { .array([.double($0.x), .double($0.y)]) })),
            ])
        }
    }

    init(_ parsed: ParsedOptions) throws {
        threads = try parsed.integer("threads", in: 1...1024) ?? ProcessInfo.processInfo.activeProcessorCount
        seconds = try parsed.number("seconds", in: 0.01...600) ?? 2
        jsonPath = parsed.values["json"] ?? "results/growth.json"
        only = parsed.values["only"].map { Set($0.split(separator: ",").map(String.init)) }
        for part in only ?? [] where !Growth.parts.contains(part) {
            throw UsageError("--only \(part): expected some of \(Growth.parts.joined(separator: ",")) with --growth")
        }
        photographs = try Photographs(directory: parsed.values["photographs"])
    }

    func run() throws {
        var curves: [Curve] = []
        for part in Growth.parts where only?.contains(part) ?? true {
            print("\(part) ...")
            switch part {
            case "images": curves += try images()
            case "batch": curves += try batches()
            case "threads": curves += try threadCounts()
            case "nodes": curves += try nodes()
            default: curves += try fleets()
            }
        }
        for curve in curves {
            print("\n\(curve.name): \(curve.x) -> \(curve.y)")
            for point in curve.points { print(String(format: "%10.0f %12.3f", point.x, point.y)) }
        }
        try Figures.write(
            .object([("threads", .int(threads)), ("curves", .array(curves.map(\.json)))]), to: jsonPath)
    }

    /// The coordinator's CPU on eight nodes that take no time.
    private func images() throws -> [Curve] {
        var all = Curve(name: "coordinator", x: "images of the job", y: "CPU an image, us")
        var leading = Curve(name: "coordinator, leading", x: all.x, y: all.y)
        var memory = Curve(name: "coordinator, memory", x: all.x, y: "peak resident memory, MiB")
        for count in [100, 300, 1000, 3000, 10_000, 50_000] {
            let cost = try FleetCost.measure(images: count, nodes: 8, speed: 100_000)
            all.points.append((Double(count), cost.microsecondsAnImage))
            leading.points.append((Double(count), cost.leadingMicrosecondsAnImage))
            memory.points.append((Double(count), cost.peakMebibytes))
        }
        return [all, leading, memory]
    }

    /// Both passes of AlexNet over a batch.
    private func batches() throws -> [Curve] {
        let pool = try ThreadPool(threads: threads)
        var forward = Curve(name: "forward alexnet", x: "images a batch", y: "images/s")
        var topDown = Curve(name: "top-down alexnet", x: forward.x, y: forward.y)
        let most = 256
        let passes = try PassStages(
            network: .alexnet, pool: pool, batch: most, photographs: photographs, seconds: seconds)
        for batch in sequence(first: 1, next: { $0 * 2 }).prefix(while: { $0 <= most }) {
            let pictures = Array(passes.forward.pictures.prefix(batch))
            let both = (
                ForwardStage(
                    backend: passes.backend, pictures: pictures, precision: .exact, suffix: "", seconds: seconds),
                TopDownStage(
                    backend: passes.backend, pictures: pictures, suffix: "", photographs: photographs, weights: "-",
                    seconds: seconds)
            )
            forward.points.append((Double(batch), both.0.measure()))
            topDown.points.append((Double(batch), try both.1.measure()))
        }
        return [forward, topDown]
    }

    private func threadCounts() throws -> [Curve] {
        var curves = ["forward", "top-down", "whole evaluation"].map {
            Curve(name: "\($0) alexnet, threads", x: "threads", y: "images/s")
        }
        var counts = Array(sequence(first: 1, next: { $0 * 2 }).prefix(while: { $0 < threads }))
        counts.append(threads)
        for count in counts {
            let pool = try ThreadPool(threads: count)
            let passes = try PassStages(
                network: .alexnet, pool: pool, batch: 32, photographs: photographs, seconds: seconds)
            let whole = WholeStage(passes: passes, pool: pool, photographs: photographs)
            let values = [passes.forward.measure(), try passes.topDown.measure(), try whole.measure()]
            for (index, value) in values.enumerated() { curves[index].points.append((Double(count), value)) }
        }
        return curves
    }

    /// The demo network on processes of one thread each, all on this machine.
    private func nodes() throws -> [Curve] {
        var curve = Curve(name: "demo evaluation", x: "nodes of one thread on loopback", y: "images/s")
        let work = try ClusterStage.Work(pictures: 3000)
        for count in [1, 2, 4, 8] {
            let stage = ClusterStage(work: work, threads: 1, nodes: count)
            curve.points.append((Double(count), try stage.measure()))
        }
        return [curve]
    }

    /// The coordinator with more and more nodes, 20 s of work each.
    private func fleets() throws -> [Curve] {
        var cost = Curve(name: "coordinator, nodes", x: "simulated nodes of 20 images/s", y: "CPU an image, us")
        var ideal = Curve(name: "makespan, nodes", x: cost.x, y: "makespan over the ideal")
        for count in [1, 3, 10, 30, 100, 300, 1000] {
            let measured = try FleetCost.measure(images: count * 400, nodes: count, speed: 20)
            cost.points.append((Double(count), measured.microsecondsAnImage))
            ideal.points.append((Double(count), measured.overIdeal))
        }
        return [cost, ideal]
    }
}
