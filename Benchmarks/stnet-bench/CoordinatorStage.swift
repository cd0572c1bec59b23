import Bytes
import Foundation

/// stnet-coord with its journal, a log and a metrics file, over TCP on nodes that make their results up.
struct CoordinatorStage: Stage {
    let images: Int
    let nodes: Int
    let name = "coordinator and journal, one core"
    var note: String { "\(images) images, \(nodes) nodes; images over the coordinator's CPU seconds" }

    func measure() throws -> Double {
        let cost = try FleetCost.measure(images: images, nodes: nodes, speed: 100_000)
        return 1e6 / cost.microsecondsAnImage
    }
}

/// What stnet-fleet measured.
struct FleetCost {
    /// CPU of the coordinator an image, from its start to its end.
    var microsecondsAnImage: Double
    /// While it led the nodes.
    var leadingMicrosecondsAnImage: Double
    var peakMebibytes: Double
    /// Makespan over total work divided by total speed.
    var overIdeal: Double

    static func measure(images: Int, nodes: Int, speed: Double) throws -> FleetCost {
        let directory = "results/bench-fleet"
        let process = Process()
        process.executableURL = URL(
            fileURLWithPath: (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/stnet-fleet")
        let figures = directory + ".json"
        process.arguments = [
            "--images", "\(images)", "--nodes", "\(nodes)", "--speed", "\(speed)", "--out", directory, "--json",
            figures,
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ClusterStageError(description: "stnet-fleet ended with \(process.terminationStatus)")
        }
        let json = try JSON.parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: figures))), source: figures)
        guard let all = json["cpu_microseconds_per_image"]?.doubleValue,
            let leading = json["leading_cpu_microseconds_per_image"]?.doubleValue,
            let peak = json["peak_mebibytes"]?.doubleValue,
            let makespan = json["makespan_over_ideal"]?.doubleValue
        else { throw ClusterStageError(description: "\(figures) lacks a figure") }
        return FleetCost(
            microsecondsAnImage: all, leadingMicrosecondsAnImage: leading, peakMebibytes: peak, overIdeal: makespan)
    }
}
