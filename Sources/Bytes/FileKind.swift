/// Kinds of files that are taken for others, told by their first bytes, so that an error can call them what they are.
public enum FileKind: String, Sendable, CaseIterable {
    case empty = "an empty file"
    case gitLFSPointer = "a Git LFS pointer in the place of the file"
    case htmlPage = "an HTML page"
    case xml = "an XML file"
    case json = "a JSON file"
    case gzip = "a gzip file"
    case bzip2 = "a bzip2 file"
    case xz = "an xz file"
    case zstandard = "a Zstandard file"
    case lz4 = "an LZ4 file"
    case sevenZip = "a 7z archive"
    case rar = "a RAR archive"
    case zip = "a zip archive"
    case tar = "a tar archive"
    case numpyArray = "a NumPy array"
    case hdf5 = "an HDF5 file (Keras, .h5)"
    case gguf = "a GGUF file"
    case onnx = "an ONNX model"
    case protocolBuffer = "a protocol buffer (.caffemodel, .pb)"
    case jpeg = "a JPEG picture"
    case jpeg2000 = "a JPEG 2000 picture"
    case jpegXL = "a JPEG XL picture"
    case heif = "a HEIF or AVIF picture"
    case png = "a PNG picture"
    case gif = "a GIF picture"
    case webP = "a WebP picture"
    case tiff = "a TIFF picture"
    case bmp = "a BMP picture"
    case pdf = "a PDF document"

    /// Nil for what is none of these. A few hundred bytes of a file's start are enough; all of them say whether it is
    /// empty.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else {
            self = .empty
            return
        }
        let signatures: [(kind: FileKind, place: Int, bytes: [UInt8])] = [
            (.gzip, 0, [0x1f, 0x8b]), (.bzip2, 0, Array("BZh".utf8)), (.xz, 0, [0xfd] + Array("7zXZ".utf8) + [0]),
            (.zstandard, 0, [0x28, 0xb5, 0x2f, 0xfd]), (.lz4, 0, [0x04, 0x22, 0x4d, 0x18]),
            (.sevenZip, 0, Array("7z".utf8) + [0xbc, 0xaf, 0x27, 0x1c]),
            (.rar, 0, Array("Rar!".utf8) + [0x1a]), (.zip, 0, Array("PK".utf8) + [3, 4]),
            (.zip, 0, Array("PK".utf8) + [5, 6]), (.tar, 257, Array("ustar".utf8)),
            (.numpyArray, 0, [0x93] + Array("NUMPY".utf8)), (.hdf5, 0, [0x89] + Array("HDF\r\n".utf8) + [0x1a, 0x0a]),
            (.gguf, 0, Array("GGUF".utf8)), (.jpeg, 0, [0xff, 0xd8, 0xff]),
            (.png, 0, [0x89] + Array("PNG\r\n".utf8) + [0x1a, 0x0a]), (.gif, 0, Array("GIF8".utf8)),
            (.jpeg2000, 0, [0, 0, 0, 0x0c] + Array("jP  ".utf8)), (.jpeg2000, 0, [0xff, 0x4f, 0xff, 0x51]),
            (.jpegXL, 0, [0, 0, 0, 0x0c] + Array("JXL ".utf8)),
            (.webP, 8, Array("WEBP".utf8)), (.tiff, 0, Array("II".utf8) + [0x2a, 0]),
            (.tiff, 0, Array("MM".utf8) + [0, 0x2a]), (.pdf, 0, Array("%PDF-".utf8)),
        ]
        for signature in signatures where bytes.dropFirst(signature.place).starts(with: signature.bytes) {
            self = signature.kind
            return
        }
        if let kind = FileKind.text(bytes) {
            self = kind
        } else if FileKind.isHEIF(bytes) {
            self = .heif
        } else if FileKind.isJPEGXL(bytes) {
            self = .jpegXL
        } else if FileKind.isBMP(bytes) {
            self = .bmp
        } else if FileKind.isONNX(bytes) {
            self = .onnx
        } else if FileKind.isNamedProtocolBuffer(bytes) {
            self = .protocolBuffer
        } else {
            return nil
        }
    }

    /// Behind a byte order mark and blanks, in capitals or not.
    private static func text(_ bytes: UnsafeRawBufferPointer) -> FileKind? {
        var start = bytes.prefix(512)
        if start.starts(with: [0xef, 0xbb, 0xbf]) { start = start.dropFirst(3) }
        let lower = start.drop { $0 == 0x20 || (9...13).contains($0) }
            .map { (0x41...0x5a).contains($0) ? $0 | 0x20 : $0 }
        func starts(_ text: String) -> Bool { lower.starts(with: text.utf8) }
        if starts("version https://git-lfs") { return .gitLFSPointer }
        if starts("<!doctype html") || starts("<html") || starts("<head") || starts("<body") { return .htmlPage }
        if starts("<?xml") {
            return String(decoding: lower, as: UTF8.self).contains("<!doctype html") ? .htmlPage : .xml
        }
        if starts("<error") || starts("<annotation") { return .xml }
        guard let first = lower.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
        return lower.allSatisfy { $0 >= 0x20 || (9...13).contains($0) } ? .json : nil
    }

    /// "BM", the file's size, four reserved bytes of zero or of what some writers put there, and a place of the pixels that
    /// lies within a header's reach.
    private static func isBMP(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count >= 26 && bytes.starts(with: Array("BM".utf8)) && bytes[11] < 0x10 && bytes[12] == 0
            && bytes[13] == 0
    }

    private static func isHEIF(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 12, bytes.dropFirst(4).starts(with: "ftyp".utf8) else { return false }
        return ["heic", "heix", "hevc", "mif1", "msf1", "avif", "avis"].contains {
            bytes.dropFirst(8).starts(with: $0.utf8)
        }
    }

    /// A bare code stream, whose magic is two bytes; not the length of a safetensors header, behind which "{" follows.
    private static func isJPEGXL(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.starts(with: [0xff, 0x0a]) && !(bytes.count > 8 && bytes[5] == 0 && bytes[8] == UInt8(ascii: "{"))
    }

    /// A protocol buffer whose field 1 is a small version and whose field 2 is its producer's name.
    private static func isONNX(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 16, bytes[0] == 0x08, (1...64).contains(bytes[1]), bytes[2] == 0x12 else { return false }
        let length = Int(bytes[3])
        return length > 0 && bytes.count > 4 + length
            && bytes[4..<4 + length].allSatisfy { (0x20...0x7e).contains($0) }
    }

    /// Field 1 is a name, and a field of known kind follows, as in Caffe's networks.
    private static func isNamedProtocolBuffer(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 16, bytes[0] == 0x0a, (1..<0x80).contains(bytes[1]) else { return false }
        let end = 2 + Int(bytes[1])
        return bytes.count > end && [0x12, 0x1a, 0x22, 0xa2].contains(bytes[end])
            && bytes[2..<end].allSatisfy { (0x20...0x7e).contains($0) }
    }
}
