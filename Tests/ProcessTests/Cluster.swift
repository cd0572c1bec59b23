import Bytes
import Dataset
import Foundation
import Testing

/// Pictures, the small network of the repository's Demo, a key, and the programs that evaluate them; everything in one
/// directory that is removed with its owner.
final class Cluster: @unchecked Sendable {
    let directory: String
    /// What is evaluated; the demo's unless a test says otherwise.
    var network = Cluster.root + "/Demo/network.json"
    var weights = Cluster.root + "/Demo/demo.safetensors"
    private let pictures: Int
    private var nodes: [Program] = []
    private static let digests = Digests()

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    init(pictures: Int = 400) throws {
        self.pictures = pictures
        directory = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let shared = try Cluster.pictures.get()
        for folder in ["images", "annotations"] {
            try FileManager.default.createDirectory(atPath: path(folder), withIntermediateDirectories: true)
            for name in try FileManager.default.contentsOfDirectory(atPath: shared + "/" + folder).sorted()
                .prefix(pictures)
            {
                try FileManager.default.createSymbolicLink(
                    atPath: path(folder + "/" + name), withDestinationPath: shared + "/" + folder + "/" + name)
            }
        }
        try write("key", SharedText.key, mode: 0o600)
    }

    deinit {
        for node in nodes where node.isRunning {
            node.send(SIGCONT)
            node.send(SIGKILL)
        }
        nodes = []
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Pictures for all tests, made once a test run.
    private static let pictures = Result {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-pictures-\(getpid())"
        try DemoPictures.generate(count: 400, seed: 11, to: folder)
        atexit {
            let folder = FileManager.default.temporaryDirectory.path + "/stnet-pictures-\(getpid())"
            try? FileManager.default.removeItem(atPath: folder)
        }
        return folder
    }

    private enum SharedText {
        static let key = "9c1e07f2b8d45a6e30f7c2918db4650a"
    }

    func path(_ name: String) -> String { directory + "/" + name }

    func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    /// Starts a node on a port of the system's choosing and gives its address once it listens.
    func node(
        _ options: [String] = ["--images", "images"], name: String, key: String = "key", device: [String] = ["--cpu"],
        environment: [String: String] = [:], pipes: [Int32: FullPipe] = [:]
    ) throws -> (program: Program, address: String) {
        let announce = path("announce-\(name)")
        try FileManager.default.createDirectory(atPath: announce, withIntermediateDirectories: true)
        let arguments =
            [
                "--listen", "127.0.0.1:0", "--threads", "1", "--name", name, "--key-file", key,
                "--announce", announce, "--weights-cache", "cache-\(name)",
            ] + device + options
        let program = try Program(
            "stnet-node", arguments, environment: environment, directory: directory, pipes: pipes)
        nodes.append(program)
        var address = ""
        let isThere = Wait.until {
            let files = (try? FileManager.default.contentsOfDirectory(atPath: announce)) ?? []
            for file in files where !file.hasPrefix(".") {
                address = (try? String(contentsOfFile: announce + "/" + file, encoding: .utf8)) ?? ""
            }
            return address.hasSuffix("\n") || !program.isRunning
        }
        try #require(isThere && program.isRunning, "\(name) does not listen: \(program.standardError)")
        return (program, address.trimmingCharacters(in: .whitespacesAndNewlines))
    }

    func nodes(_ count: Int) throws -> [(program: Program, address: String)] {
        try (1...count).map { try node(name: "node\($0)") }
    }

    /// Starts an evaluation; on nodes where addresses are given.
    func coordinator(
        _ addresses: [String]? = nil, out: String = "out", _ options: [String] = [], pipes: [Int32: FullPipe] = [:]
    ) throws -> Program {
        var arguments = evaluation + ["--out", out]
        if let addresses {
            try write("hosts-\(out)", addresses.joined(separator: "\n") + "\n")
            arguments += ["--nodes", "hosts-\(out)", "--key-file", "key"]
        }
        return try Program("stnet-coord", arguments + options, directory: directory, pipes: pipes)
    }

    var evaluation: [String] {
        [
            "--images", "images", "--annotations", "annotations", "--network", network, "--weights", weights,
            "--progress", "plain",
        ]
    }

    /// What a run or a score says of maps, without the maps of no image.
    func scoreMaps(_ out: String) throws -> [String: JSON] {
        let source = path(out + "/summary.json")
        let summary = try JSON.parse(try WholeFile.read(path: source, limit: 1 << 24), source: source)
        let maps = try #require(summary["metrics"]?["score_maps"]?.objectValue)
        return Dictionary(uniqueKeysWithValues: maps.filter { $0.0 != "surplus_maps" })
    }

    /// Of the network, in pixels.
    func inputSize() throws -> Int {
        let description = try JSON.parse(try WholeFile.read(path: network, limit: 1 << 20), source: network)
        return try #require(description["input"]?["size"]?.intValue)
    }

    /// SHA-256 of a run's records.
    func digest(_ out: String = "out") throws -> String {
        SHA256.hex([UInt8](try Data(contentsOf: URL(fileURLWithPath: path(out + "/images.jsonl")))))
    }

    /// The digest that every run must have: the embedded node's.
    func embeddedDigest() throws -> String {
        if let known = Cluster.digests.of(pictures) { return known }
        let program = try coordinator(out: "embedded")
        let status = program.wait()
        try #require(status == 0, "\(program.standardError)")
        let found = try digest("embedded")
        Cluster.digests.set(pictures, found)
        return found
    }

    /// Waits until a run is well under way: its journal holds some results, and it is not over.
    func waitForResults(_ program: Program, out: String = "out", bytes: Int = 8000) throws {
        let began = Wait.until {
            let size = (try? FileManager.default.attributesOfItem(atPath: path(out + "/journal.stnet"))[.size]) as? Int
            return (size ?? 0) > bytes || !program.isRunning
        }
        try #require(began && program.isRunning, "it ended before it could be disturbed: \(program.standardError)")
    }
}

/// The digest of the embedded run by the number of pictures: the same for all tests.
private final class Digests: @unchecked Sendable {
    private let lock = NSLock()
    private var known: [Int: String] = [:]

    func of(_ pictures: Int) -> String? { lock.withLock { known[pictures] } }
    func set(_ pictures: Int, _ digest: String) { lock.withLock { known[pictures] = digest } }
}
