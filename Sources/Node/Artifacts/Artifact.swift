import Evaluation
import Protocol

/// A file that was made of an image.
public struct Artifact: Sendable, Hashable {
    /// Place in the manifest.
    public var index: UInt32
    public var kind: ArtifactKind
    public var bytes: [UInt8]

    public init(index: UInt32, kind: ArtifactKind, bytes: [UInt8]) {
        self.index = index
        self.kind = kind
        self.bytes = bytes
    }
}

extension ArtifactKind {
    /// Of the file's name, with its dot.
    public var suffix: String {
        switch self {
        case .boxPicture: ".jpg"
        case .hypothesisPicture: ".png"
        case .scoreMap: ".npy"
        }
    }

    /// Whether bytes can be a file of this kind for an input of this side: what it begins with and, for a map, its size.
    public func accepts(_ bytes: [UInt8], inputSize: Int) -> Bool {
        switch self {
        case .boxPicture: return bytes.starts(with: [0xff, 0xd8, 0xff])
        case .hypothesisPicture: return bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
        case .scoreMap:
            let header = NumPyWriter.header(shape: [inputSize, inputSize])
            return bytes.count == header.count + inputSize * inputSize * 4 && bytes.starts(with: header)
        }
    }
}
