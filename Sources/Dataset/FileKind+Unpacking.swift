import Bytes

extension FileKind {
    /// How many bytes of a file's start decide.
    static let bytesNeeded = 512

    /// What a file is where a JPEG, a table, XML or a tar archive was expected and something else came; nil for an empty one,
    /// and for what may be any text.
    static func of(_ bytes: some Collection<UInt8>) -> FileKind? {
        let kind = Array(bytes.prefix(bytesNeeded)).withUnsafeBytes { FileKind($0) }
        switch kind {
        case .empty, .onnx, .protocolBuffer: return nil
        default: return kind
        }
    }

    /// The command that makes of it what was expected; nil where there is none.
    func unpacking(_ path: String) -> String? {
        switch self {
        case .gzip: "gunzip -c '\(path)'"
        case .bzip2: "bunzip2 -c '\(path)'"
        case .xz: "unxz -c '\(path)'"
        case .zstandard: "unzstd -c '\(path)'"
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
