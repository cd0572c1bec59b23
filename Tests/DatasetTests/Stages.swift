import Bytes
import Dataset
import Foundation
import SelectiveTuning

/// What this module makes of a JPEG file at each stage that `Golden/pillow_stages.py` names.
enum Stages {
    private static let presets: [(Preprocessing, Int)] = [
        (.stnet, 224), (.stnet, 227), (.torchvision, 224), (.torchvision, 227), (.squash, 224), (.squash, 227),
        (.shorterSide(256, .bicubic), 224), (.shorterSide(342, .bilinear), 299),
    ]
    private static let sizes = [(1, 1), (2, 7), (640, 3)]

    /// SHA-256 of each stage's bytes by label.
    static func digests(of file: [UInt8], name: String) throws -> [String: String] {
        var digests: [String: String] = [:]
        let image = try file.withUnsafeBytes { try JPEGDecoder.decode($0, name: name) }
        digests["decoded \(image.width)x\(image.height)"] = sha256(image.pixels)
        let (resizer, preprocessor) = (Resizer(), Preprocessor())
        for (preset, size) in presets {
            let geometry = Geometry(preset: preset, inputSize: size, width: image.width, height: image.height)
            let (width, height) = (geometry.resizedWidth, geometry.resizedHeight)
            let label = "\(preset.rawValue) \(size)"
            let whole = Resampling(
                width: image.width, height: image.height, resizedWidth: width, resizedHeight: height,
                interpolation: preset == .shorterSide(256, .bicubic) ? .bicubic : .bilinear)
            digests["\(label) resized \(width)x\(height)"] = sha256(
                InputPicture.resize(image, whole, with: resizer))
            let input = try file.withUnsafeBytes {
                try preprocessor.prepare(bytes: $0, name: name, preset: preset, inputSize: size)
            }
            let direct = input.pixels == InputPicture.make(from: image, geometry: geometry)
            digests["\(label) input"] = direct ? sha256(input.pixels) : "the two ways to the input differ"
        }
        for (width, height) in sizes {
            for (name, interpolation) in [("resized", Interpolation.bilinear), ("bicubic", .bicubic)] {
                let whole = Resampling(
                    width: image.width, height: image.height, resizedWidth: width, resizedHeight: height,
                    interpolation: interpolation)
                digests["\(name) \(width)x\(height)"] = sha256(InputPicture.resize(image, whole, with: resizer))
            }
        }
        return digests
    }

    static func sha256(_ bytes: [UInt8]) -> String { bytes.withUnsafeBytes { SHA256.hex($0) } }
}

/// Where the tests find their files.
enum TestFiles {
    static let golden = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
    private static let package = golden.appending(path: "../../..").standardizedFileURL

    /// A file or folder of the real data; nil, with a printed reason, where it is absent.
    static func real(_ path: String) -> URL? {
        let root =
            ProcessInfo.processInfo.environment["STNET_DATA"].map { URL(filePath: $0) }
            ?? package.appending(path: "../shared/data")
        let url = root.appending(path: path).standardizedFileURL
        if FileManager.default.fileExists(atPath: url.path) { return url }
        print("skipped: no \(url.path) (STNET_DATA names the folder of the real data)")
        return nil
    }

    /// Digests by file name, as the Python scripts write them.
    static func digests(_ url: URL) throws -> [String: [String: String]] {
        try JSONDecoder().decode([String: [String: String]].self, from: Data(contentsOf: url))
    }

    static func bytes(_ url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }
}
