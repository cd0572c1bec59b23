import Bytes

extension ImageChunk {
    static let fixedBytes = 4 + 8 + 8 + 4

    public func encode(into writer: inout ByteWriter) {
        writer.append(index)
        writer.append(totalBytes)
        writer.append(offset)
        writer.append(chunk: bytes)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            index: try reader.uint32("image index"), totalBytes: try reader.uint64("bytes of the file"),
            offset: try reader.uint64("offset"), bytes: try reader.chunk())
    }
}

extension WeightsChunk {
    static let fixedBytes = 8 + 4

    public func encode(into writer: inout ByteWriter) {
        writer.append(offset)
        writer.append(chunk: bytes)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(offset: try reader.uint64("offset"), bytes: try reader.chunk())
    }
}

extension ArtifactChunk {
    static let fixedBytes = 8 + 4 + 2 + 4 + 4 + 4

    public func encode(into writer: inout ByteWriter) {
        writer.append(lease)
        writer.append(index)
        writer.append(kind.rawValue)
        writer.append(totalBytes)
        writer.append(offset)
        writer.append(chunk: bytes)
    }

    public init(from reader: inout ByteReader) throws(ByteReaderError) {
        self.init(
            lease: try reader.uint64("lease"), index: try reader.uint32("image index"),
            kind: try reader.code("artifact kind"), totalBytes: try reader.uint32("bytes of the file"),
            offset: try reader.uint32("offset"), bytes: try reader.chunk())
    }
}

extension ByteWriter {
    fileprivate mutating func append(chunk: [UInt8]) {
        precondition(chunk.count <= WireLimits.chunk, "a chunk has at most 256 KiB")
        append(UInt32(chunk.count))
        append(chunk)
    }
}

extension ByteReader {
    fileprivate mutating func chunk() throws(ByteReaderError) -> [UInt8] {
        let count = Int(try uint32("chunk"))
        try checkCount("chunk", count, limit: WireLimits.chunk, elementBytes: 1)
        return try bytes("chunk", count: count)
    }
}
