/// Reads whole files into memory: for small ones that someone may be changing, where a mapping could fault.
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
