/// The size of a JPEG image from its header, without decoding it.
public enum JPEGSize {
    /// Bytes that hold nearly every header; one with large profiles needs the whole file.
    private static let usualHeader = 1 << 16
    private static let largestFile = 256 << 20

    /// In pixels; nil where there is no JPEG file that can be read.
    public static func read(_ location: ImageLocation) -> (width: Int, height: Int)? {
        guard let file = try? location.open(), file.size > 0 else { return nil }
        let count = Int(min(file.size, UInt64(usualHeader)))
        if let head = file.read(at: 0, count: count), let size = of(head) { return size }
        guard file.size > UInt64(count), let whole = try? location.read(limit: largestFile) else { return nil }
        return of(whole)
    }

    /// Of a file's bytes, or of those at its start.
    public static func of(_ bytes: [UInt8]) -> (width: Int, height: Int)? {
        let reader = JPEGReader()
        return bytes.withUnsafeBytes { buffer in
            defer { reader.close() }
            return try? reader.open(buffer, name: "")
        }
    }
}
