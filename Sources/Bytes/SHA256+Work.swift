extension SHA256 {
    /// The digest of a whole file's bytes, which may take seconds: whoever watches is told how far it is.
    /// - Parameter path: the file's.
    public static func hex(_ bytes: UnsafeRawBufferPointer, of path: String) -> String {
        let work = WorkMeter("SHA-256 of \(path)", of: bytes.count, "bytes")
        defer { work.end() }
        var digest = SHA256()
        let piece = 16 << 20
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + piece, bytes.count)])
            digest.update(part)
            work.advance(by: part.count)
        }
        return digest.finalizeHex()
    }
}
