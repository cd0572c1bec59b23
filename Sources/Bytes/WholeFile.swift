import Foundation

/// Reads whole files into memory: for small ones that someone may be changing, where a mapping could fault.
public enum WholeFile {
    /// The file's bytes. Throws `FileError` when it cannot be read, is no regular file or holds more than `limit` bytes.
    public static func read(path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError(path: path, operation: "stat", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(path: path, operation: "read", reason: "not a regular file")
        }
        guard status.st_size <= limit else {
            throw FileError(
                path: path, operation: "read", reason: "\(status.st_size) bytes, at most \(limit) are accepted")
        }
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
            while count < buffer.count {
                let got = Foundation.read(descriptor, buffer.baseAddress! + count, buffer.count - count)
                if got < 0 && errno == EINTR { continue }
                if got < 0 { code = errno }
                if got <= 0 { break }
                count += got
            }
        }
        guard code == 0 else { throw FileError(path: path, operation: "read", code: code) }
        return bytes
    }
}
