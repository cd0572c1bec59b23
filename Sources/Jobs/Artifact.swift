import Dataset
import Drawing
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
        case .scoreMap, .normalisedMap: ".npy"
        }
    }

    /// A map as numbers.
    public var isMap: Bool { self == .scoreMap || self == .normalisedMap }

    /// Whether bytes are a whole file of this kind for an input of this side in pixels. What they show is not looked at.
    public func accepts(_ bytes: [UInt8], inputSize: Int) -> Bool {
        switch self {
        case .boxPicture:
            guard bytes.suffix(2) == [0xff, 0xd9] else { return false }
            return bytes.withUnsafeBytes { buffer in
                let reader = JPEGReader()
                defer { reader.close() }
                return (try? reader.open(buffer, name: "")).map { $0 == BoxPicture.size(inputSize: inputSize) } ?? false
            }
        case .hypothesisPicture:
            return PNGStructure.size(of: bytes).map { $0 == HypothesisPicture.size(inputSize: inputSize) } ?? false
        case .scoreMap, .normalisedMap:
            let element: NumPyWriter.Element = self == .scoreMap ? .float32 : .float64
            let header = NumPyWriter.header(shape: [inputSize, inputSize], element)
            return bytes.count == header.count + inputSize * inputSize * element.bytes && bytes.starts(with: header)
        }
    }
}
