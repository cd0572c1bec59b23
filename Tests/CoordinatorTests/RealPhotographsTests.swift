import Bytes
import Coordinator
import Foundation
import Options
import SelectiveTuning
import Testing

/// The networks with published weights over real photographs, through the whole program. Neither is part of this
/// package: see the variable STNET_DATA.
@Suite struct RealPhotographsTests {
    private static let data: String = {
        if let given = ProcessInfo.processInfo.environment["STNET_DATA"] { return given }
        return URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized.path
    }()

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/real_photographs.json").path

    /// The best class and its output of 64 photographs, as PyTorch 2.15 gave them for the same files and weights
    /// (Golden/make_real_photographs.py).
    @Test(arguments: [
        ("googlenet-caffe", "googlenet-caffe/googlenet.safetensors"),
        ("squeezenet1_0-caffe", "squeezenet1_0-caffe/squeezenet_v1.0_deepcompressed.safetensors"),
        ("squeezenet1_1-caffe", "squeezenet1_1-caffe/squeezenet_v1.1.safetensors"),
    ])
    func sixtyFourPhotographsAgreeWithPyTorch(network: String, file: String) async throws {
        let photographs = Self.data + "/photos-227"
        let weights = Self.data + "/weights/" + file
        guard FileManager.default.fileExists(atPath: photographs), FileManager.default.fileExists(atPath: weights)
        else {
            print("skipped: \(photographs) or \(weights) is not there (STNET_DATA)")
            return
        }
        let out = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: out) }
        let arguments = [
            "--images", photographs + "/images", "--annotations", photographs + "/annotations", "--network", network,
            "--weights", weights, "--limit", "64", "--out", out,
        ]
        let parsed = try ParsedOptions(arguments: arguments, specifications: EvaluateOptions.help.options)
        let status = try await EvaluateCommand(
            configuration: try EvaluateConfiguration(parsed), printer: ProgressPrinter(style: .plain) { _ in },
            say: { _ in }
        ).run()
        #expect(status == .valid)
        let golden = try JSON.parse(try WholeFile.read(path: Self.golden, limit: 1 << 20), source: Self.golden)
        let expected = try #require(golden[network])
        let records = try String(contentsOfFile: out + "/images.jsonl", encoding: .utf8).split(separator: "\n").map {
            try JSON.parse(String($0), source: "images.jsonl")
        }
        #expect(records.count == 64)
        for record in records {
            let id = try #require(record["id"]?.stringValue)
            let peer = try #require(expected[id]?.arrayValue, "\(id)")
            #expect(record["top5"]?.arrayValue?.first?.intValue == peer[0].intValue, "\(id)")
            let score = try #require(record["scores"]?.arrayValue?.first?.doubleValue)
            #expect(abs(score / peer[1].doubleValue! - 1) < 1e-5, "\(id)")
        }
    }
}
