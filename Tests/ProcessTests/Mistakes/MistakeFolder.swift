import Dataset
import Foundation
import Testing

/// The working directory of one mistake: three small pictures with their annotations, the Demo's network and weights, a
/// key, and under `finished` the result of an evaluation of them. Removed with its owner.
final class MistakeFolder: Sendable {
    let directory: String
    private let own: String

    /// What `$RUN` stands for.
    static let run =
        "stnet-coord --images images --annotations annotations --network net.json --weights w.safetensors "
        + "--threads 1 --progress plain"

    /// What `$SCORE` stands for.
    static let score = "stnet-coord score --boxes boxes.csv --annotations annotations --classes classes"

    init() throws {
        // One deeper, so that what looks for images around finds none of other tests.
        own = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        directory = own + "/work"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: try Self.shared.get(), toPath: directory)
    }

    private init(shared directory: String) throws {
        (self.directory, own) = (directory, directory)
        try DemoPictures.generate(count: 3, seed: 11, to: directory)
        for (name, file) in [("net.json", "network.json"), ("w.safetensors", "demo.safetensors")] {
            try FileManager.default.copyItem(atPath: Cluster.root + "/Demo/" + file, toPath: path(name))
        }
        try write("key", "9c1e07f2b8d45a6e30f7c2918db4650a", mode: 0o600)
        try makeFolder("home")
        let (program, status) = try run("$RUN --out finished")
        try #require(status == 0, "\(program.standardError)")
    }

    deinit { try? FileManager.default.removeItem(atPath: own) }

    /// What all begin with, made once a test run.
    private static let shared = Result {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-mistakes-\(getpid())"
        atexit { try? FileManager.default.removeItem(atPath: NSTemporaryDirectory() + "/stnet-mistakes-\(getpid())") }
        kept = try MistakeFolder(shared: folder)
        return folder
    }
    /// Its deinit would remove the folder.
    private nonisolated(unsafe) static var kept: MistakeFolder?

    /// Nothing of this machine's user.
    var environment: [String: String] {
        [
            "HOME": path("home"), "XDG_CONFIG_HOME": "", "XDG_CACHE_HOME": "", "CREDENTIALS_DIRECTORY": "",
            "LC_ALL": "C.UTF-8",
        ]
    }

    func path(_ name: String) -> String { directory + "/" + name }

    func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
        try makeFolder((name as NSString).deletingLastPathComponent)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(atPath: path(name), withIntermediateDirectories: true)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }

    func setMode(_ name: String, _ mode: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
    }

    /// Boxes for `$SCORE`, with the classes that the pictures have.
    func writeBoxes() throws {
        try write("classes", DemoPictures.classNames.joined(separator: "\n") + "\n")
        try write("boxes.csv", (1...3).map { "demo_0000000\($0),0,0,99,99\n" }.joined())
    }

    /// The WSOL benchmark's lists of one image with a mask, and what is to be that mask.
    func writeMasks(_ mask: String) throws {
        try write("lists/image_ids.txt", "a.jpg\n")
        try write("lists/class_labels.txt", "a.jpg,0\n")
        try write("lists/image_sizes.txt", "a.jpg,8,8\n")
        try write("lists/localization.txt", "a.jpg,m/a.png,\n")
        try write("masks/m/a.png", mask)
    }

    /// An evaluation of which one picture could not be read.
    func leaveUnfinished(_ out: String) throws {
        let picture = "images/demo_00000002.JPEG"
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path(picture)))
        try write(picture, "no picture")
        let (program, status) = try run("$RUN --out \(out)")
        try #require(status == 1, "\(program.standardError)")
        try bytes.write(to: URL(fileURLWithPath: path(picture)))
    }

    /// All files and empty folders below.
    var contents: Set<String> {
        Set(FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? [])
    }

    /// Runs a command here and gives its program when it is over.
    func run(_ command: String, environment more: [String: String] = [:]) throws -> (Program, status: Int32?) {
        let words = command.replacing("$RUN", with: Self.run).replacing("$SCORE", with: Self.score)
            .split(separator: " ").map(String.init)
        let program = try Program(
            words[0], Array(words.dropFirst()), environment: environment.merging(more) { $1 }, directory: directory)
        return (program, program.wait(seconds: 30))
    }
}
