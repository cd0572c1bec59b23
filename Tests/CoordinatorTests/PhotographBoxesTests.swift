import Bytes
import Coordinator
import Foundation
import Options
import SelectiveTuning
import Testing

/// The gradient methods with published weights over real photographs, from files to boxes, against grad-cam's maps with
/// PyTorch's bicubic interpolation and OpenCV's components (make_maps.py of the methods' tests). Weights and photographs are no
/// part of this package: see the variable STNET_DATA.
@Suite struct PhotographBoxesTests {
    private static let data: String = {
        if let given = ProcessInfo.processInfo.environment["STNET_DATA"] { return given }
        return URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized.path
    }()

    private static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/method_boxes.json").path

    @Test(arguments: ["gradcam", "hirescam", "layercam", "gradient"])
    func boxesAreThePeers(method: String) async throws {
        let photographs = Self.data + "/photos-227"
        let weights = Self.data + "/weights/efficientnet-lite0/efficientnet-lite0-57934424.pth"
        guard FileManager.default.fileExists(atPath: photographs), FileManager.default.fileExists(atPath: weights)
        else {
            print("skipped: \(photographs) or \(weights) is not there (STNET_DATA)")
            return
        }
        let out = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: out) }
        let arguments = [
            "--images", photographs + "/images", "--annotations", photographs + "/annotations", "--network",
            "efficientnet_lite0", "--weights", weights, "--method", method, "--limit", "24", "--out", out,
        ]
        let parsed = try ParsedOptions(arguments: arguments, specifications: EvaluateOptions.help.options)
        let status = try await EvaluateCommand(
            configuration: try EvaluateConfiguration(parsed), printer: ProgressPrinter(style: .plain) { _ in },
            say: { _ in }
        ).run()
        #expect(status == .valid)
        let golden = try JSON.parse(try WholeFile.read(path: Self.golden, limit: 1 << 20), source: Self.golden)
        let records = try String(contentsOfFile: out + "/images.jsonl", encoding: .utf8).split(separator: "\n").map {
            try JSON.parse(String($0), source: "images.jsonl")
        }
        #expect(records.count == 24)
        for record in records {
            let id = try #require(record["id"]?.stringValue)
            let peer = try #require(golden[id]?[method]?.arrayValue).map(\.doubleValue)
            #expect(record["box"]?.arrayValue?.map(\.doubleValue) == peer, "\(id)")
        }
    }
}
