import Foundation
import SelectiveTuning
import Testing

/// The committed weight files, made by `Golden/make_golden.py` with PyTorch, and what they hold.
enum GoldenWeights {
    struct Tensor: Decodable {
        let dtype: String
        let shape: [Int]
        /// The float32 values' bit patterns, 8 hexadecimal digits each; nil for types that do not convert.
        let bits: String?

        var values: [UInt32]? {
            bits.map { bits in
                let digits = Array(bits.utf8)
                return stride(from: 0, to: digits.count, by: 8).map { start in
                    UInt32(String(decoding: digits[start..<start + 8], as: UTF8.self), radix: 16)!
                }
            }
        }
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

    /// File name to tensor name to tensor: the files that must open.
    static let expected: [String: [String: Tensor]] = {
        let data = try! Data(contentsOf: folder.appending(path: "expected.json"))
        return try! JSONDecoder().decode([String: [String: Tensor]].self, from: data)
    }()

    static func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Every weight file of the folder, sorted, the ones that must be refused among them.
    static func allNames() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".pth") || $0.hasSuffix(".safetensors") }.sorted()
    }
}

/// A folder of its own for a test, removed with its contents.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "stnet-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// Writes the bytes and returns the file's path.
    func file(_ name: String, _ bytes: [UInt8]) throws -> String {
        // Neither Data.write nor the truncation of a file that is there: both wait for the disk, and the fuzz tests
        // write thousands of files.
        unlink(path(name))
        let stream = try #require(fopen(path(name), "w"))
        defer { fclose(stream) }
        try #require(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
        return path(name)
    }
}

/// The description of the error that opening a file throws; nil when it opens.
func openingError(_ path: String) -> String? {
    do {
        _ = try WeightFile.open(path: path)
        return nil
    } catch {
        return error.description
    }
}

/// Opens the bytes as a file and returns the error's description; nil when it opens.
func openingError(_ bytes: [UInt8]) throws -> String? {
    let folder = try TemporaryFolder()
    return openingError(try folder.file("bytes", bytes))
}
