import Bytes

/// What the chunks of a PNG file say, for a picture that somebody else made.
public enum PNGStructure {
    /// The picture's size in pixels, where the bytes are one whole PNG file: the signature, IHDR first, IEND last and nothing
    /// behind it, and every chunk's checksum right. Nil where they are not. Pixels are not unpacked.
    public static func size(of file: [UInt8]) -> (width: Int, height: Int)? {
        guard file.starts(with: PNGEncoder.signature) else { return nil }
        var place = PNGEncoder.signature.count
        var size: (width: Int, height: Int)?
        while place + 12 <= file.count {
            let length = Int(bigEndian(file, place))
            guard length <= file.count - place - 12 else { return nil }
            let body = Array(file[place + 4..<place + 8 + length])
            guard CRC32.checksum(body) == bigEndian(file, place + 8 + length) else { return nil }
            let type = String(decoding: body[..<4], as: UTF8.self)
            guard (type == "IHDR") == (size == nil), type != "IHDR" || length == 13 else { return nil }
            if type == "IHDR" { size = (Int(bigEndian(body, 4)), Int(bigEndian(body, 8))) }
            place += 12 + length
            if type == "IEND" { return place == file.count ? size : nil }
        }
        return nil
    }

    private static func bigEndian(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
