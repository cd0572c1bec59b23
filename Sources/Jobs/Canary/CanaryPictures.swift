import Bytes
import Dataset
import SelectiveTuning

/// Four built-in JPEG files, of the kinds that data sets hold: with the colours of every pixel and of every fourth, progressive,
/// and in the colours of print.
enum CanaryPictures {
    /// One of them as a network sees it; nil where it cannot be decoded here.
    static func prepare(preset: Preprocessing, inputSize: Int) -> [PreparedInput?] {
        let preprocessor = Preprocessor()
        return files.map { text in
            let bytes = Base64.decode(text) ?? []
            return try? bytes.withUnsafeBytes { buffer in
                try preprocessor.prepare(bytes: buffer, name: "canary", preset: preset, inputSize: inputSize)
            }
        }
    }

    /// What is annotated: the middle of each picture, in its own pixels.
    static func box(in input: PreparedInput) -> Box {
        let (width, height) = (Float(input.width), Float(input.height))
        return Box(width / 4, height / 4, width * 3 / 4, height * 3 / 4)
    }
}

/// How this program decodes, resizes and crops: equal texts, equal pixels.
public enum DecodingIdentity {
    /// The first 16 hexadecimal digits of a SHA-256 over the canary's pictures in each preset.
    public static let text: String = {
        var hash = SHA256()
        for preset in Preprocessing.allCases + [.shorterSide(256, .bicubic)] {
            for input in CanaryPictures.prepare(preset: preset, inputSize: 224) { hash.update(input?.pixels ?? []) }
        }
        return String(hash.finalizeHex().prefix(16))
    }()
}
