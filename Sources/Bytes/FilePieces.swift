import Foundation

/// A regular file, or a part of one, that is read in pieces.
public final class FilePieces: Sendable {
    /// Of the part.
    public let size: UInt64
    private let start: UInt64
    private let descriptor: Int32

    /// - Parameter part: in bytes; nil for the whole file.
    /// - Throws: `FileError` for a file that cannot be opened, is no regular one, or ends before the part does.
    public init(path: String, part: Range<UInt64>? = nil) throws(FileError) {
        let (opened, bytes) = try openRegularFile(path, operation: "read")
        if let part, part.upperBound > UInt64(bytes) {
            close(opened)
            throw FileError(
                path: path, operation: "read",
                reason: "it has \(bytes) bytes, its byte \(part.upperBound) is asked for")
        }
        descriptor = opened
        start = part?.lowerBound ?? 0
        size = part.map { $0.upperBound - $0.lowerBound } ?? UInt64(bytes)
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes, fewer at the end; nil where the file cannot be read.
    public func read(at offset: UInt64, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: Int(min(UInt64(count), size - min(size, offset))))
        var filled = 0
        while filled < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + filled, $0.count - filled, off_t(start + offset) + off_t(filled))
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { return nil }
            filled += got
        }
        return bytes
    }
}
