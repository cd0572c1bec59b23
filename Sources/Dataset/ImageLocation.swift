import Bytes
import Foundation

/// Where an image's bytes lie: a file of its own, or a part of an archive.
public struct ImageLocation: Sendable, Hashable {
    public var path: String
    /// In bytes; nil for the whole file.
    public var part: Range<UInt64>?

    public init(path: String, part: Range<UInt64>? = nil) {
        self.path = path
        self.part = part
    }

    /// The bytes. Throws `FileError` when they cannot be read, or are more than `limit`.
    public func read(limit: Int) throws(FileError) -> [UInt8] {
        guard let part else { return try WholeFile.read(path: path, limit: limit) }
        guard part.count <= limit else {
            throw FileError(path: path, operation: "read", reason: "\(part.count) bytes, at most \(limit) are accepted")
        }
        guard let bytes = try FilePieces(path: path, part: part).read(at: 0, count: part.count) else {
            throw FileError(path: path, operation: "read", reason: "no bytes at \(part.lowerBound)")
        }
        return bytes
    }

    /// The length in bytes; nil where there is no file.
    public var byteCount: UInt64? {
        if let part { return UInt64(part.count) }
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return UInt64(status.st_size)
    }

    /// One text, for lists of very many; a path holds no NUL.
    var packed: String {
        part.map { "\(path)\u{0}\($0.lowerBound)\u{0}\($0.upperBound)" } ?? path
    }

    init(packed: String) {
        let fields = packed.split(separator: "\u{0}", omittingEmptySubsequences: false)
        path = String(fields[0])
        if fields.count == 3, let start = UInt64(fields[1]), let end = UInt64(fields[2]) { part = start..<end }
    }
}
