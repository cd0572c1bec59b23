import Bytes
import Foundation
import Synchronization

/// One run of stnet-coord on a fake fleet, and what it cost.
struct FleetRun {
    let images: Int
    let speeds: [Double]
    let batch: Int
    let directory: String

    struct Outcome {
        /// From the first lease to the last result.
        var makespan: Double
        /// Total work over total speed.
        var ideal: Double
        /// CPU seconds and peak memory of the coordinator when it gave its first lease, after the last result, and in all.
        var reading: ProcessCost
        var leading: ProcessCost
        var all: ProcessCost
    }

    func run() throws -> Outcome {
        let job = try FleetJob(directory: directory, images: images)
        let fleet = try FakeFleet(speeds: speeds, batch: batch, key: job.key)
        try job.write(hosts: fleet.addresses)
        let coordinator = Process()
        coordinator.executableURL = URL(
            fileURLWithPath: (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/stnet-coord")
        coordinator.arguments = [
            "--annotations", directory + "/annotations", "--network", FleetJob.networkPath, "--weights",
            FleetJob.weightsPath, "--nodes", directory + "/hosts", "--key-file", directory + "/key", "--out",
            directory + "/out", "--progress", "json", "--log", directory + "/log", "--metrics-file",
            directory + "/metrics.prom", "--force",
        ]
        let output = Pipe()
        coordinator.standardError = output
        coordinator.standardOutput = FileHandle.nullDevice
        let moments = Moments()
        fleet.observe(
            begin: { moments.note(first: true) }, end: { moments.note(first: false) })
        try coordinator.run()
        moments.watch(coordinator.processIdentifier)
        let lines = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        coordinator.waitUntilExit()
        let last = lines.split(separator: "\n").last { $0.contains(#""event":"progress""#) }
        guard coordinator.terminationStatus == 0, let last, let (first, end) = moments.costs,
            let makespan = try JSON.parse(String(last), source: "progress")["elapsed_seconds"]?.doubleValue
        else {
            throw FleetError(
                description: "stnet-coord ended with \(coordinator.terminationStatus): \(lines.suffix(2000))")
        }
        return Outcome(
            makespan: makespan, ideal: Double(images) / speeds.reduce(0, +), reading: first, leading: end,
            all: .ofChildren)
    }
}

struct FleetError: Error, CustomStringConvertible { let description: String }

/// What the coordinator had used when its first lease came, and when no more were to come.
private final class Moments: Sendable {
    private let state = Mutex<(process: pid_t, first: ProcessCost?, last: ProcessCost?)>((0, nil, nil))

    func watch(_ process: pid_t) { state.withLock { $0.process = process } }

    func note(first: Bool) {
        state.withLock {
            let cost = ProcessCost(of: $0.process)
            if first { $0.first = cost } else { $0.last = cost }
        }
    }

    var costs: (ProcessCost, ProcessCost)? {
        state.withLock { state in state.first.flatMap { first in state.last.map { (first, $0) } } }
    }
}
