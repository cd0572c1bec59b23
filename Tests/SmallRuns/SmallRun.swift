import Bytes
import Coordinator
import Dataset
import Foundation
import Options
import SelectiveTuning

/// A directory with a few generated pictures, a small network and seeded weights; removed with its owner.
package final class SmallRun: Sendable {
    package let directory: String

    package static let description = """
        {"name": "small", "input": {"size": 64}, "classes": \(JSON.array(DemoPictures.classNames.map(JSON.string)).compact),
         "layers": [
          {"name": "c1", "kind": "convolution", "out": 12, "kernel": 7, "stride": 2, "padding": 3, "relu": true},
          {"name": "p1", "kind": "maxPool", "kernel": 3, "stride": 2},
          {"name": "c2", "kind": "convolution", "out": 20, "kernel": 3, "padding": 1, "relu": true},
          {"name": "p2", "kind": "maxPool", "kernel": 3, "stride": 2},
          {"name": "f1", "kind": "linear", "out": 30, "relu": true, "bridge": true},
          {"name": "f2", "kind": "linear", "out": 10}],
         "readouts": {"p1": "p1"}}
        """

    /// The same with global average pooling in the place of the hidden fully connected layer.
    package static let pooledDescription = description.replacing(
        #"{"name": "f1", "kind": "linear", "out": 30, "relu": true, "bridge": true}"#,
        with: #"{"name": "f1", "kind": "globalAveragePool", "bridge": true}"#)

    package init(pictures: Int = 7, description: String = SmallRun.description) throws {
        directory = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        try DemoPictures.generate(count: pictures, seed: 5, to: directory)
        try write("net.json", description)
        let network = try Network(json: try JSON.parse(description, source: "net.json"), source: "net.json")
        let tensors = try network.tensors()
        let fanIn = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0.fanIn) })
        try SafetensorsWriter.write(path: path("w.safetensors"), tensors: tensors.map { ($0.name, $0.shape) }) {
            name, shape in
            SeededWeights.fill(seed: 3, tensor: name, shape: shape, fanIn: fanIn[name]!)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    package func path(_ name: String) -> String { directory + "/" + name }

    package func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    package func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    /// Evaluates with more options; gives the exit status and what was printed. What an earlier evaluation left in `out`
    /// is replaced unless `forces` is false or the options say otherwise.
    package func evaluate(
        _ options: [String] = [], out: String = "out", forces: Bool = true, interrupts: Interrupts = Interrupts()
    ) async throws -> (status: ExitStatus, text: String) {
        let force = forces && !options.contains("--resume") && !options.contains("--force") ? ["--force"] : []
        let arguments =
            [
                "--images", path("images"), "--annotations", path("annotations"), "--network", path("net.json"),
                "--weights",
                path("w.safetensors"), "--out", path(out),
            ] + options + force
        let parsed = try ParsedOptions(arguments: arguments, specifications: EvaluateOptions.help.options)
        let text = Text()
        let command = EvaluateCommand(
            configuration: try EvaluateConfiguration(parsed),
            printer: ProgressPrinter(style: .plain, patienceSeconds: 60) { text.append($0) },
            interrupts: interrupts
        ) { text.append($0) }
        return (try await command.run(), text.all)
    }

    private final class Text: @unchecked Sendable {
        private let lock = NSLock()
        private var lines: [String] = []
        func append(_ line: String) { lock.withLock { lines.append(line) } }
        var all: String { lock.withLock { lines.joined(separator: "\n") } }
    }
}
