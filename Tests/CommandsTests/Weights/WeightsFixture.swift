import Bytes
import Commands
import Coordinator
import Foundation
import Options
import SelectiveTuning

/// A file that could be published, a directory for it, and the command that fetches it; removed with its owner.
final class WeightsFixture {
    let directory: String
    let bytes: [UInt8]
    let file: PublishedWeights

    /// `seed` chooses the bytes.
    init(count: Int = 300_000, seed: UInt64 = 1) {
        directory = FileManager.default.temporaryDirectory.path + "/stnet-weights-" + UUID().uuidString
        bytes = Self.bytes(count: count, seed: seed)
        file = PublishedWeights(network: "net", fileName: "net-\(SHA256.hex(bytes).prefix(8)).pth")
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    static func bytes(count: Int, seed: UInt64) -> [UInt8] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }

    var target: String { directory + "/" + file.fileName }
    var part: String { target + ".part" }

    func content(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map { [UInt8]($0) } }

    /// A comparison whose failure does not print every byte.
    func holds(_ path: String, _ bytes: [UInt8]) -> Bool { content(path) == bytes }

    func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    func write(_ bytes: [UInt8], to path: String) throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    static let policy = FetchPolicy(
        stallSeconds: 20, attempts: 3, progressBytes: 1000,
        retry: RetryPolicy(firstMilliseconds: 1, limitMilliseconds: 1))

    /// Fetches from a server; gives the exit status and everything that was said.
    func fetch(
        _ url: String, policy: FetchPolicy = policy, file: PublishedWeights? = nil, curl: String = "curl"
    ) throws -> (
        status: ExitStatus, text: String
    ) {
        var options = try WeightsOptions(
            arguments: ["--base-url", url, "--out", directory, "--progress", "plain"])
        options.files = [file ?? self.file]
        let text = Text()
        let status = WeightsCommand(
            options, policy: policy, curl: curl, say: { text.append($0 + "\n") }, note: { text.append($0) }
        )
        .run()
        return (status, text.all)
    }

    private final class Text: @unchecked Sendable {
        private let lock = NSLock()
        private var text = ""
        func append(_ more: String) { lock.withLock { text += more } }
        var all: String { lock.withLock { text } }
    }
}

extension WeightsOptions {
    /// As the program reads them from its command line.
    init(arguments: [String]) throws {
        try self.init(
            ParsedOptions(arguments: arguments, specifications: Self.help.options, operands: Self.operands))
    }
}
