import Bytes
import Dataset
import Foundation

/// The same evaluation in one process, and on as many nodes of one thread each as that process has threads: what frames,
/// sockets and more processes cost on the same cores. Whole programs, as a user runs them; images a second from the
/// first lease to the last result.
final class ClusterStage: Stage {
    let name: String
    private let nodes: Int
    private let threads: Int
    private let work: Work
    private var daemons: [Process] = []

    /// Pictures, key and programs, shared by both forms of the stage.
    struct Work {
        let directory: String
        let programs: String

        init(pictures: Int) throws {
            directory = "results/bench-cluster"
            programs = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
            try? FileManager.default.removeItem(atPath: directory)
            try DemoPictures.generate(count: pictures, seed: 77, to: directory)
            let key = (0..<32).map { _ in UInt8.random(in: 0...255) }
            _ = FileManager.default.createFile(
                atPath: directory + "/key", contents: Data(key), attributes: [.posixPermissions: 0o600])
        }

        func start(_ program: String, _ arguments: [String], output: Pipe? = nil) throws -> Process {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: programs + "/" + program)
            process.arguments = arguments
            process.standardOutput = FileHandle.nullDevice
            process.standardError = output ?? FileHandle.nullDevice
            try process.run()
            return process
        }
    }

    /// `nodes` 0: the embedded node with all threads.
    init(work: Work, threads: Int, nodes: Int) {
        self.work = work
        self.threads = threads
        self.nodes = nodes
        name = nodes == 0 ? "evaluation demo, embedded" : "evaluation demo, \(nodes) nodes, loopback"
    }

    deinit {
        for daemon in daemons { daemon.terminate() }
        for daemon in daemons { daemon.waitUntilExit() }
    }

    func measure() throws -> Double {
        let out = work.directory + "/out-\(nodes)"
        try? FileManager.default.removeItem(atPath: out)
        var arguments = [
            "--images", work.directory + "/images", "--annotations", work.directory + "/annotations", "--network",
            "Demo/network.json", "--weights", "Demo/demo.safetensors", "--out", out, "--progress", "json",
        ]
        if nodes == 0 {
            arguments += ["--threads", "\(threads)"]
        } else {
            if daemons.isEmpty { try startDaemons() }
            arguments += ["--announce", work.directory + "/announce-\(nodes)", "--key-file", work.directory + "/key"]
        }
        let pipe = Pipe()
        let process = try work.start("stnet-coord", arguments, output: pipe)
        let lines = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let last = lines.split(separator: "\n").last { $0.contains(#""event":"progress""#) }
        guard process.terminationStatus == 0, let last,
            let seconds = try JSON.parse(String(last), source: "progress")["elapsed_seconds"]?.doubleValue,
            let done = try JSON.parse(String(last), source: "progress")["done"]?.intValue
        else { throw ClusterStageError(description: "\(name): \(lines)") }
        return Double(done) / seconds
    }

    private func startDaemons() throws {
        let announce = work.directory + "/announce-\(nodes)"
        try FileManager.default.createDirectory(atPath: announce, withIntermediateDirectories: true)
        for number in 1...nodes {
            daemons.append(
                try work.start(
                    "stnet-node",
                    [
                        "--listen", "127.0.0.1:0", "--cpu", "--threads", "1", "--name", "node\(number)", "--images",
                        work.directory + "/images", "--announce", announce, "--key-file", work.directory + "/key",
                    ]))
        }
        for _ in 0..<2000 {
            let files = try FileManager.default.contentsOfDirectory(atPath: announce)
            if files.filter({ !$0.hasPrefix(".") }).count == nodes { return }
            usleep(5000)
        }
        throw ClusterStageError(description: "the nodes did not start")
    }
}

struct ClusterStageError: Error, CustomStringConvertible { let description: String }
