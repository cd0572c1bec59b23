import Bytes
import CKernels

/// The parts of a PNG file that make its picture; each chunk's checksum is right, and their order is the format's.
struct PNGChunks {
    let header: PNGHeader
    /// Red, green and blue one after the other, of at most 256 colours; empty where there is none.
    private(set) var palette: [UInt8] = []
    /// The zlib stream, of all IDAT chunks.
    private(set) var data: [UInt8] = []

    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// `file` names the file in errors, which are `DatasetError.field`.
    init(_ bytes: [UInt8], file: String) throws(DatasetError) {
        func failure(_ field: String, _ found: String, _ expected: String) -> DatasetError {
            .field(file: file, line: nil, field: field, found: found, expected: expected)
        }
        guard bytes.starts(with: Self.signature) else {
            let start = bytes.prefix(8).map { "0x" + String($0, radix: 16) }.joined(separator: " ")
            let found = bytes.isEmpty ? "an empty file" : FileKind.of(bytes)?.rawValue ?? start
            throw failure("signature", found, "a PNG picture")
        }
        var header: PNGHeader?
        var isDataOver = false
        var place = Self.signature.count
        while true {
            guard bytes.count - place >= 12 else { throw failure("chunks", "the end of the file", "IEND") }
            func number(_ place: Int) -> UInt32 { bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) } }
            let length = Int(number(place))
            let type = bytes[place + 4..<place + 8]
            guard type.allSatisfy(Self.isLetter) else {
                throw failure(
                    "chunk at byte \(place)", "the type \(type.map { "0x" + String($0, radix: 16) })", "four letters")
            }
            let name = String(decoding: type, as: UTF8.self)
            guard length <= bytes.count - place - 12 else {
                throw failure(name, "\(bytes.count - place - 12) of its \(length) bytes", "the whole file")
            }
            let body = bytes[place + 8..<place + 8 + length]
            let checksum = bytes[place + 4..<place + 8 + length].withUnsafeBytes {
                ck_crc32(0, $0.baseAddress!, $0.count)
            }
            guard checksum == number(place + 8 + length) else {
                throw failure(name, "another checksum than its bytes have", "an undamaged file")
            }
            place += 12 + length
            guard let known = header else {
                guard name == "IHDR" else { throw failure("chunks", "\(name) first", "IHDR") }
                header = try PNGHeader(body, file: file)
                continue
            }
            if name != "IDAT", !data.isEmpty { isDataOver = true }
            switch name {
            case "IDAT":
                guard !isDataOver else {
                    throw failure("IDAT", "another chunk between two of them", "one behind the other")
                }
                guard known.color != .palette || !palette.isEmpty else {
                    throw failure("PLTE", "none before IDAT", "a palette, as the colour type says")
                }
                data += body
            case "PLTE":
                guard palette.isEmpty, data.isEmpty else {
                    throw failure("PLTE", "a second or a late one", "one before IDAT")
                }
                guard length > 0, length % 3 == 0, length <= 768 else {
                    throw failure("PLTE", "\(length) bytes", "three for each of 1 to 256 colours")
                }
                palette = Array(body)
            case "IEND":
                guard !data.isEmpty else { throw failure("IDAT", "none", "the picture's data") }
                self.header = known
                return
            case "IHDR": throw failure("IHDR", "a second one", "one")
            default:
                // A capital in front: without this chunk the picture is not what is meant.
                guard bytes[place - 12 - length + 4] & 0x20 != 0 else {
                    throw failure("chunks", "\(name), which is not known", "IHDR, PLTE, IDAT and IEND")
                }
            }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
