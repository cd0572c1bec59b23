import Bytes

/// Where an image's bytes lie: a file of its own, or a part of an archive.
public struct ImageLocation: Sendable, Hashable {
    public var path: String
    /// In bytes; nil for the whole file.
    public var part: Range<UInt64>?
    /// Of a file that the archive holds with holes: what of it is stored, all of it inside of `part`.
    package var map: SparseMap?

    public init(path: String, part: Range<UInt64>? = nil) {
        self.path = path
        self.part = part
    }

    /// The bytes. Throws `FileError` when they cannot be read, or are more than `limit`.
    public func read(limit: Int) throws(FileError) -> [UInt8] {
        guard part != nil else { return try WholeFile.read(path: path, limit: limit) }
        let file = try open()
        guard file.size <= UInt64(limit) else {
            throw FileError(path: path, operation: "read", reason: "\(file.size) bytes, at most \(limit) are accepted")
        }
        guard let bytes = file.read(at: 0, count: Int(file.size)) else {
            throw FileError(path: path, operation: "read", reason: "no bytes at \(part?.lowerBound ?? 0)")
        }
        return bytes
    }

    /// The length in bytes; nil where there is no file.
    public var byteCount: UInt64? {
        if let map { return map.size }
        if let part { return UInt64(part.count) }
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return UInt64(status.st_size)
    }

    /// To be read in pieces.
    package func open() throws(FileError) -> FilePieces { try FilePieces(path: path, part: part, map: map) }

    /// Whether both are the same bytes in the same place.
    func isSame(as other: ImageLocation) -> Bool {
        self == other || (part == nil && other.part == nil && FileTree.isSame(path, other.path))
    }

    /// One text, for lists of very many; a path holds no NUL.
    var packed: String {
        var text = part.map { "\(path)\u{0}\($0.lowerBound)\u{0}\($0.upperBound)" } ?? path
        if let map { text += "\u{0}\(map.packed)" }
        return text
    }

    init(packed: String) {
        let fields = packed.split(separator: "\u{0}", omittingEmptySubsequences: false)
        path = String(fields[0])
        if fields.count >= 3, let start = UInt64(fields[1]), let end = UInt64(fields[2]), start <= end {
            part = start..<end
        }
        if fields.count == 4 { map = SparseMap(packed: fields[3]) }
    }
}

extension SparseMap {
    /// Numbers between commas: the size, then offset, start and count of each run.
    var packed: String {
        ([size] + runs.flatMap { [$0.offset, $0.start, $0.count] }).map(String.init).joined(separator: ",")
    }

    init?(packed: some StringProtocol) {
        let numbers = packed.split(separator: ",").map { UInt64($0) }
        guard let size = numbers.first ?? nil, numbers.count % 3 == 1, !numbers.contains(nil) else { return nil }
        let runs = stride(from: 1, to: numbers.count, by: 3).map {
            Run(offset: numbers[$0]!, start: numbers[$0 + 1]!, count: numbers[$0 + 2]!)
        }
        self.init(size: size, runs: runs)
    }
}
