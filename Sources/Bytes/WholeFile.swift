/// Reads whole files into memory, where someone may be changing them and a mapping could fault, and writes small ones.
public enum WholeFile {
    /// The file's bytes. Throws `FileError` when it cannot be read, is no regular file or holds more than `limit` bytes.
    public static func read(path: String, limit: Int) throws(FileError) -> [UInt8] {
        let (descriptor, size) = try openRegularFile(path, operation: "read")
        defer { close(descriptor) }
        guard size <= limit else {
            throw FileError(
                path: path, operation: "read", reason: "\(size) bytes, at most \(limit) are accepted")
        }
        return try read(descriptor, path, size)
    }

    /// The first bytes, fewer than `count` where there are no more. Throws as `read` does.
    public static func beginning(path: String, count: Int) throws(FileError) -> [UInt8] {
        let (descriptor, size) = try openRegularFile(path, operation: "read")
        defer { close(descriptor) }
        return try read(descriptor, path, min(size, count))
    }

    /// Makes the file, in the place of one that is there, and flushes its bytes to the disk; not its name.
    public static func write(_ bytes: [UInt8], path: String) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "create", code: errno) }
        let code = bytes.withUnsafeBytes { WholeTransfer.write($0, to: descriptor).code }
        defer { close(descriptor) }
        if let code { throw FileError(path: path, operation: "write", code: code) }
        try flush(descriptor, path: path)
    }

    private static func read(_ descriptor: Int32, _ path: String, _ size: Int) throws(FileError) -> [UInt8] {
        var code: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            (count, code) = WholeTransfer.read(
                into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<size]),
                from: descriptor)
        }
        if let code { throw FileError(path: path, operation: "read", code: code) }
        return bytes
    }
}
