import Bytes
import Coordinator
import Foundation
import Options
import SelectiveTuning
import Testing

/// The first real run: SqueezeNet 1.1 with its published weights over real photographs. They are no part of this
/// package: see the variable STNET_DATA.
@Suite struct RealPhotographsTests {
    private static let data: String = {
        if let given = ProcessInfo.processInfo.environment["STNET_DATA"] { return given }
        return URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized.path
    }()

    /// 64 photographs; 47 right labels and the outputs below are what PyTorch 2.15 gave for the same files and weights.
    @Test func sixtyFourPhotographsAgreeWithPyTorch() async throws {
        let photographs = Self.data + "/photos-227"
        let weights = Self.data + "/weights/squeezenet1_1-caffe/squeezenet_v1.1.safetensors"
        guard FileManager.default.fileExists(atPath: photographs), FileManager.default.fileExists(atPath: weights)
        else {
            print("skipped: \(photographs) or \(weights) is not there (STNET_DATA)")
            return
        }
        let out = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: out) }
        let arguments = [
            "--images", photographs + "/images", "--annotations", photographs + "/annotations", "--network",
            "squeezenet1_1-caffe", "--weights", weights, "--limit", "64", "--out", out,
        ]
        let parsed = try ParsedOptions(arguments: arguments, specifications: EvaluateOptions.help.options)
        let status = try await EvaluateCommand(
            configuration: try EvaluateConfiguration(parsed), printer: ProgressPrinter(style: .plain) { _ in },
            say: { _ in }
        ).run()
        #expect(status == .valid)
        let records = try String(contentsOfFile: out + "/images.jsonl", encoding: .utf8).split(separator: "\n").map {
            try JSON.parse(String($0), source: "images.jsonl")
        }
        #expect(records.count == 64)
        #expect(records.count { $0["label"]?.intValue == $0["top5"]?.arrayValue?.first?.intValue } == 47)
        let expected: [([Int], [Double])] = [
            (
                [472, 693, 408, 871, 814],
                [34.90647506713867, 28.940879821777344, 27.3040714263916, 27.022119522094727, 26.828847885131836]
            ),
            (
                [259, 260, 263, 154, 265],
                [27.738550186157227, 26.382118225097656, 25.07302474975586, 25.008682250976562, 23.32923698425293]
            ),
        ]
        for (record, (classes, outputs)) in zip(records, expected) {
            #expect(record["top5"]?.arrayValue?.compactMap(\.intValue) == classes)
            let scores = record["scores"]?.arrayValue?.compactMap(\.doubleValue)
            for (found, output) in zip(try #require(scores), outputs) {
                #expect(abs(found / output - 1) < 1e-5)
            }
        }
    }
}
