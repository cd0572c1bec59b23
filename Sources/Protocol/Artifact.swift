/// A part of what a node made of an image beside its result: a file for the coordinator's disk. Its parts come in order
/// and without those of another one between them, before the result.
public struct ArtifactChunk: Sendable, Hashable {
    public var lease: UInt64
    /// Place in the manifest.
    public var index: UInt32
    public var kind: ArtifactKind
    /// Bytes of the whole file, 1...`WireLimits.artifact`.
    public var totalBytes: UInt32
    public var offset: UInt32
    public var bytes: [UInt8]

    public init(
        lease: UInt64, index: UInt32, kind: ArtifactKind, totalBytes: UInt32, offset: UInt32, bytes: [UInt8]
    ) {
        self.lease = lease
        self.index = index
        self.kind = kind
        self.totalBytes = totalBytes
        self.offset = offset
        self.bytes = bytes
    }
}

public enum ArtifactKind: UInt16, Sendable, Hashable, CaseIterable {
    /// The input with boxes, JPEG.
    case boxPicture = 1
    /// The class-hypothesis map in colours, PNG.
    case hypothesisPicture = 2
    /// The map as numbers, NumPy's format, float32 as it was made.
    case scoreMap = 3
    /// The map as numbers, NumPy's format, float64 from 0 to 1.
    case normalisedMap = 4
}
