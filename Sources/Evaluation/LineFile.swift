import Bytes

/// A file of lines, written in portions, so that memory is bounded whatever their number, and with their SHA-256.
struct LineFile: ~Copyable {
    private var file: AtomicFile
    private var digest = SHA256()
    private var portion = UTF8Text()

    private static let portionBytes = 1 << 18

    init(path: String) throws(FileError) {
        file = try AtomicFile(path: path)
        portion.reserveCapacity(Self.portionBytes + 4096)
    }

    /// A line with its end, which `write` appends.
    mutating func append(_ write: (inout UTF8Text) -> Void) throws(FileError) {
        write(&portion)
        if portion.bytes.count >= Self.portionBytes { try flush() }
    }

    private mutating func flush() throws(FileError) {
        digest.update(portion.bytes)
        try file.append(portion.bytes)
        portion.removeAll()
    }

    /// The file stands under its name from here on.
    /// - Returns: its SHA-256.
    mutating func commit() throws(FileError) -> String {
        try flush()
        try file.commit()
        return digest.finalizeHex()
    }
}
