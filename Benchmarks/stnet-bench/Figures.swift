import Bytes
import Foundation

/// Where the figures go.
enum Figures {
    /// Makes the directories that are missing.
    static func write(_ json: JSON, to path: String) throws {
        let directory = (path as NSString).deletingLastPathComponent
        if !directory.isEmpty {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        }
        try AtomicFile.write(path: path, text: json.pretty)
        print("figures in \(path)")
    }
}
