import Bytes
import CKernels

/// Where in a weight file the bytes of a storage lie, as they are or deflated.
struct StorageBytes: Sendable, Hashable {
    struct Inflated: Sendable, Hashable {
        /// Bytes once decompressed.
        let count: Int
        let crc32: UInt32
    }

    /// Bytes of the file.
    let place: Range<Int>
    /// Nil for bytes that lie there as they are.
    var inflated: Inflated?

    /// Bytes of the storage.
    var count: Int { inflated?.count ?? place.count }

    /// Deflate's longest match makes 258 bytes of two bits: nothing grows more than that.
    static func largestSize(deflated count: Int) -> Int {
        count.multipliedReportingOverflow(by: 1032).overflow ? .max : count * 1032
    }
}

/// Bytes that were decompressed from a file.
final class InflatedBytes: @unchecked Sendable {
    /// What a hostile archive can make this process hold at once.
    static let largest = 4 << 30

    let bytes: UnsafeRawBufferPointer

    /// Throws when what comes out has another size or checksum than the archive says.
    init(_ storage: StorageBytes, of file: MappedFile) throws(WeightError) {
        guard let expected = storage.inflated else { preconditionFailure("the storage is not compressed") }
        guard expected.count <= InflatedBytes.largest, let memory = malloc(max(expected.count, 1)) else {
            throw .tooLarge(
                path: file.path, what: "bytes of one decompressed entry", found: expected.count,
                limit: InflatedBytes.largest)
        }
        bytes = UnsafeRawBufferPointer(start: memory, count: expected.count)
        let source = UnsafeRawBufferPointer(rebasing: file.bytes[storage.place])
        var (used, made) = (0, 0)
        let status = ck_inflate(source.baseAddress, source.count, memory, expected.count, &used, &made)
        func damaged(_ problem: String) -> WeightError {
            .malformed(path: file.path, byte: storage.place.lowerBound + used, problem: problem)
        }
        switch status {
        case CK_INFLATE_DONE: break
        case CK_INFLATE_TRUNCATED: throw damaged("the compressed bytes end too early")
        case CK_INFLATE_TOO_LONG: throw damaged("the compressed bytes hold more than the \(expected.count) announced")
        default: throw damaged("the compressed bytes are damaged")
        }
        guard made == expected.count else {
            throw damaged("the compressed bytes hold \(made), expected \(expected.count)")
        }
        guard used == source.count else {
            throw damaged("\(source.count - used) bytes follow the compressed ones")
        }
        let crc32 = ck_crc32(0, memory, made)
        guard crc32 == expected.crc32 else {
            throw damaged("the decompressed bytes have another checksum than the archive says")
        }
    }

    deinit { free(UnsafeMutableRawPointer(mutating: bytes.baseAddress)) }
}
