/// What a file is by its first bytes, where a JPEG, a table or a tar archive was expected and something else came.
package enum FileSignature: String, CaseIterable, Sendable {
    case png = "a PNG picture"
    case gif = "a GIF picture"
    case webP = "a WebP picture"
    case bmp = "a BMP picture"
    case tiff = "a TIFF picture"
    case jpeg2000 = "a JPEG 2000 picture"
    case jpegXL = "a JPEG XL picture"
    case heif = "a HEIF or AVIF picture"
    case jpeg = "a JPEG picture"
    case pdf = "a PDF document"
    case gzip = "a gzip file"
    case bzip2 = "a bzip2 file"
    case xz = "an xz file"
    case zstd = "a zstd file"
    case lz4 = "an lz4 file"
    case zip = "a ZIP archive"
    case sevenZip = "a 7z archive"
    case rar = "a RAR archive"
    case tar = "a tar archive"
    case numPy = "a NumPy array"
    case hdf5 = "an HDF5 file"
    case gitLFS = "a Git LFS pointer in the place of the file"
    case html = "an HTML page"
    case xml = "an XML file"
    case json = "a JSON file"

    /// How many bytes decide.
    package static let bytesNeeded = 512

    /// Nil where the bytes are of no kind that is known here.
    package init?(_ bytes: some Collection<UInt8>) {
        let head = Array(bytes.prefix(FileSignature.bytesNeeded))
        guard let found = FileSignature.byMagic(head) ?? FileSignature.byText(head) else { return nil }
        self = found
    }

    private static func byMagic(_ head: [UInt8]) -> FileSignature? {
        for (magic, kind) in magics where head.starts(with: magic) { return kind }
        func has(_ text: String, at offset: Int) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if has("RIFF", at: 0), has("WEBP", at: 8) { return .webP }
        if has("ftyp", at: 4),
            ["heic", "heix", "hevc", "mif1", "msf1", "avif", "avis"].contains(where: { has($0, at: 8) })
        {
            return .heif
        }
        // "BM", the file's size, four zeros.
        if has("BM", at: 0), head.count > 14, head[6..<10].allSatisfy({ $0 == 0 }) { return .bmp }
        if has("ustar", at: 257) { return .tar }
        return nil
    }

    /// Longer ones first where one begins with another.
    private static let magics: [([UInt8], FileSignature)] = [
        ([0x89, 0x50, 0x4E, 0x47], .png), (Array("GIF8".utf8), .gif),
        ([0x49, 0x49, 0x2A, 0x00], .tiff), ([0x4D, 0x4D, 0x00, 0x2A], .tiff),
        ([0x00, 0x00, 0x00, 0x0C, 0x6A, 0x50, 0x20, 0x20], .jpeg2000), ([0xFF, 0x4F, 0xFF, 0x51], .jpeg2000),
        ([0x00, 0x00, 0x00, 0x0C, 0x4A, 0x58, 0x4C, 0x20], .jpegXL), ([0xFF, 0x0A], .jpegXL),
        ([0xFF, 0xD8, 0xFF], .jpeg), (Array("%PDF-".utf8), .pdf), ([0x1F, 0x8B], .gzip),
        (Array("BZh".utf8), .bzip2), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz), ([0x28, 0xB5, 0x2F, 0xFD], .zstd),
        ([0x04, 0x22, 0x4D, 0x18], .lz4), ([0x50, 0x4B, 0x03, 0x04], .zip), ([0x50, 0x4B, 0x05, 0x06], .zip),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), (Array("Rar!".utf8), .rar),
        ([0x93] + Array("NUMPY".utf8), .numPy), ([0x89] + Array("HDF\r\n".utf8), .hdf5),
        (Array("version https://git-lfs".utf8), .gitLFS),
    ]

    /// Text after a byte order mark and blanks.
    private static func byText(_ head: [UInt8]) -> FileSignature? {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = head.dropFirst(head.starts(with: mark) ? 3 : 0).drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let start = String(decoding: text.prefix(16), as: UTF8.self).lowercased()
        if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") || start.hasPrefix("<head") { return .html }
        if start.hasPrefix("<?xml") || start.hasPrefix("<annotation") || start.hasPrefix("<error") { return .xml }
        if start.hasPrefix("{") || start.hasPrefix("[") { return .json }
        return nil
    }

    /// The command that makes of it what was expected; nil where there is none.
    func unpacking(_ path: String) -> String? {
        switch self {
        case .gzip: "gunzip -c '\(path)'"
        case .bzip2: "bunzip2 -c '\(path)'"
        case .xz: "unxz -c '\(path)'"
        case .zstd: "unzstd -c '\(path)'"
        case .lz4: "unlz4 -c '\(path)'"
        case .zip: "unzip '\(path)'"
        case .sevenZip: "7z x '\(path)'"
        case .rar: "unrar x '\(path)'"
        case .tar: "tar xf '\(path)'"
        default: nil
        }
    }

    /// Files of these extensions are often meant where JPEG files are expected.
    static let pictureExtensions: Set<String> = [
        "png", "gif", "webp", "bmp", "tif", "tiff", "jp2", "j2k", "jpe", "jfif", "heic", "avif", "jxl", "ppm", "npy",
    ]
    static let archiveExtensions: Set<String> = [
        "tar", "tgz", "tbz", "tbz2", "txz", "gz", "bz2", "xz", "zst", "zip", "7z", "rar",
    ]
}
