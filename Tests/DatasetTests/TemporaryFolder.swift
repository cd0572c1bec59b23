import Foundation

/// A folder that goes with the value.
final class TemporaryFolder {
    let path: String
    private let own: String

    init() throws {
        // One deeper, so that what looks for images around finds none of other tests.
        own = NSTemporaryDirectory() + "stnet-dataset-\(UUID().uuidString)"
        path = own + "/folder"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: own)
    }

    /// Writes a file, its folders included; returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = path + "/" + name
        let folder = (file as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}
