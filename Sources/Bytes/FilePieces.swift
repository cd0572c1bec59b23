/// A regular file, or a part of one, that is read in pieces.
public final class FilePieces: Sendable {
    public let path: String
    /// Of the part.
    public let size: UInt64
    /// What of it is stored, and where in the file; nil for all, from `start` on.
    private let map: SparseMap?
    private let start: UInt64
    private let descriptor: Int32

    /// - Parameters:
    ///   - part: in bytes; nil for the whole file.
    ///   - map: of a file that is stored inside of this one with holes; its runs lie inside of the part.
    /// - Throws: `FileError` for a file that cannot be opened, is no regular one, or ends before the part does.
    public init(path: String, part: Range<UInt64>? = nil, map: SparseMap? = nil) throws(FileError) {
        let (opened, bytes) = try openRegularFile(path, operation: "read")
        let end = max(part?.upperBound ?? 0, map?.runs.map { $0.start + $0.count }.max() ?? 0)
        if end > UInt64(bytes) {
            close(opened)
            throw FileError(
                path: path, operation: "read", reason: "it has \(bytes) bytes, its byte \(end) is asked for")
        }
        self.path = path
        descriptor = opened
        self.map = map
        start = part?.lowerBound ?? 0
        size = map?.size ?? part.map { $0.upperBound - $0.lowerBound } ?? UInt64(bytes)
    }

    deinit { close(descriptor) }

    /// Up to `count` bytes, fewer at the end; nil where the file cannot be read.
    public func read(at offset: UInt64, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: Int(min(UInt64(count), size - min(size, offset))))
        guard let map else { return fill(&bytes, 0..<bytes.count, from: start + offset) ? bytes : nil }
        let wanted = offset..<(offset + UInt64(bytes.count))
        for run in map.runs {
            let common = (run.offset..<(run.offset + run.count)).clamped(to: wanted)
            guard !common.isEmpty else { continue }
            let target = Int(common.lowerBound - offset)..<Int(common.upperBound - offset)
            guard fill(&bytes, target, from: run.start + (common.lowerBound - run.offset)) else { return nil }
        }
        return bytes
    }

    private func fill(_ bytes: inout [UInt8], _ target: Range<Int>, from place: UInt64) -> Bool {
        bytes.withUnsafeMutableBytes {
            let part = UnsafeMutableRawBufferPointer(rebasing: $0[target])
            return WholeTransfer.read(into: part, from: descriptor, at: place).count == target.count
        }
    }
}
