import Bytes
import Foundation
import SelectiveTuning
import Testing

/// docs/networks.md against the code.
@Suite struct DocumentedNetworkTests {
    private let path: String
    private let text: String

    init() throws {
        path =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../docs/networks.md").standardized.path
        text = try String(contentsOfFile: path, encoding: .utf8)
    }

    private func example() throws -> Network {
        let start = try #require(text.range(of: "```json\n")).upperBound
        let end = try #require(text.range(of: "\n```", range: start..<text.endIndex)).lowerBound
        let json = try JSON.parse(String(text[start..<end]), source: "networks.md")
        return try Network(json: json, source: "networks.md")
    }

    @Test func theExampleIsEvaluated() throws {
        let network = try example()
        let backend = try CPUBackend(
            network: network, source: RandomTensors(seed: 2), pool: try ThreadPool(threads: 1), batch: 1)
        let pixels = TestNetworks.picture(side: 32, seed: 1)
        let found = try backend.evaluate(
            [Picture(pixels: pixels, label: 0)], options: LocalizationOptions(classSource: .predicted))[0]
        #expect(found.top5.count == 3 && !found.isEmpty)
    }

    @Test func itsTensorsAreTheListedOnes() throws {
        for tensor in try example().tensors() {
            let parts = tensor.name.split(separator: ".")
            let isListed =
                text.contains("`\(tensor.name)`")
                || (text.contains("`\(parts.dropLast().joined(separator: ".")).weight`")
                    && text.contains("`.\(parts.last!)`"))
            #expect(isListed, "\(tensor.name)")
            #expect(text.contains("\(tensor.shape)"), "\(tensor.name) \(tensor.shape)")
        }
    }

    /// The table of networks, made from the catalogue. With STNET_RECORD=1 it is written there.
    @Test func theTableIsTheCatalogues() throws {
        let begin =
            "| name | form | input | resize | params | operations | read-outs (`--bottom`) | published weights |"
        let lines = try [begin, "|---|---|---|---|---|---|---|---|"] + NetworkCatalog.entries.map(row)
        let expected = lines.joined(separator: "\n")
        let start = try #require(text.range(of: "| name | form |")).lowerBound
        let end = text.range(of: "\n\n", range: start..<text.endIndex)?.lowerBound ?? text.endIndex
        guard ProcessInfo.processInfo.environment["STNET_RECORD"] == nil else {
            let changed = text[..<start] + expected + text[end...]
            try changed.write(toFile: path, atomically: true, encoding: .utf8)
            return
        }
        #expect(text[start..<end] == expected, "docs/networks.md: record it anew with STNET_RECORD=1")
    }

    private func row(_ entry: NetworkCatalog.Entry) throws -> String {
        let network = entry.network
        let parameters = try network.tensors().filter { $0.role != .mean && $0.role != .variance }
            .reduce(0) { $0 + $1.shape.reduce(1, *) }
        let preparation = network.preparation ?? .usual(inputSize: network.inputSize)
        let bicubic = preparation.interpolation == .bicubic ? " bicubic" : ""
        let cells = [
            "`\(entry.name)`", entry.form, "\(network.inputSize)", "\(preparation.resizedSide)\(bicubic)",
            String(format: "%.1f", Double(parameters) / 1e6),
            String(format: "%.1f", try network.operations() / 1e9),
            network.readOuts.map { "`\($0.name)`" }.joined(separator: ", "),
            entry.weights.map { "`\($0.name)`" }.joined(separator: ", "),
        ]
        return "| \(cells.joined(separator: " | ")) |"
    }

    /// As a user meets it.
    @Test func theQuotedRefusalIsWhatIsSaid() throws {
        let quoted = "a 3x3 window with padding 0 does not fit its input 2x2x16"
        #expect(text.contains("network small, layer wide: \(quoted)"))
        let network = Network(
            name: "small", inputSize: 2, normalization: .imagenet,
            layers: [
                Layer("stem", .convolution(.init(outputs: 16, kernel: 1)), from: ["image"]),
                Layer("wide", .convolution(.init(outputs: 24, kernel: 3)), from: ["stem"]),
            ], readOuts: [])
        #expect {
            _ = try network.shapes()
        } throws: {
            "\($0)" == "network small, layer wide: \(quoted)"
        }
    }
}
