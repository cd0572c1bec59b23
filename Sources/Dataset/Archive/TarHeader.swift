import Bytes

/// One 512-byte block of a tar archive that describes the entry behind it (POSIX.1-2017, pax, "ustar Interchange
/// Format"; GNU tar's numbers beyond octal, long names, sparse files and volumes).
struct TarHeader {
    static let blockBytes = 512

    enum Kind {
        case file
        /// Of another entry of the archive.
        case hardLink
        case symbolicLink
        /// GNU: some runs of a file; more of them may follow the header.
        case sparse(TarSparse.Header)
        /// GNU: the next entry's name, or what it links to, is this one's content.
        case longName, longLink
        /// POSIX: attributes of the next entry, or of all that follow, are this one's content.
        case attributes, globalAttributes
        /// GNU: the rest of a file that another volume begins.
        case continuation
        /// Folders, devices, labels: nothing to be read.
        case other
    }

    let name: String
    /// Of links.
    let target: String
    let size: UInt64
    let kind: Kind

    /// What is wrong with a block.
    struct Problem: Error { let text: String }

    /// - Parameter block: 512 bytes that are not all zero.
    init(_ block: ArraySlice<UInt8>) throws(Problem) {
        func field(_ offset: Int, _ count: Int) -> ArraySlice<UInt8> {
            block[(block.startIndex + offset)..<(block.startIndex + offset + count)]
        }
        func text(_ offset: Int, _ count: Int) -> String {
            String(decoding: field(offset, count).prefix { $0 != 0 }, as: UTF8.self)
        }
        guard let stored = TarHeader.number(field(148, 8)), TarHeader.sums(block).contains(stored) else {
            throw Problem(text: "no header: its checksum is not that of its bytes")
        }
        guard let size = TarHeader.number(field(124, 12)), size < 1 << 62 else {
            throw Problem(text: "the size of the entry is no number")
        }
        let isPOSIX = Array(field(257, 6)) == Array("ustar\u{0}".utf8)
        let prefix = isPOSIX ? text(345, 155) : ""
        name = (prefix.isEmpty ? "" : prefix + "/") + text(0, 100)
        target = text(157, 100)
        var content = size
        switch field(156, 1).first! {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        case UInt8(ascii: "1"): (kind, content) = (.hardLink, 0)
        case UInt8(ascii: "2"): (kind, content) = (.symbolicLink, 0)
        // Devices and folders have no content whatever their size says.
        case UInt8(ascii: "3")...UInt8(ascii: "6"): (kind, content) = (.other, 0)
        case UInt8(ascii: "L"): kind = .longName
        case UInt8(ascii: "K"): kind = .longLink
        case UInt8(ascii: "x"), UInt8(ascii: "X"): kind = .attributes
        case UInt8(ascii: "g"): kind = .globalAttributes
        case UInt8(ascii: "M"): kind = .continuation
        case UInt8(ascii: "S"): kind = .sparse(try TarSparse.Header(block))
        default: kind = .other
        }
        self.size = content
    }

    /// The sum of all bytes, with blanks in the sum's own place; old programs took bytes for signed numbers.
    private static func sums(_ block: ArraySlice<UInt8>) -> [UInt64] {
        let place = (block.startIndex + 148)..<(block.startIndex + 156)
        var (plain, signed) = (Int64(8 * 32), Int64(8 * 32))
        for index in block.indices where !place.contains(index) {
            plain += Int64(block[index])
            signed += Int64(Int8(bitPattern: block[index]))
        }
        return [UInt64(plain)] + (signed >= 0 ? [UInt64(signed)] : [])
    }

    /// Octal digits between blanks and NULs, 0 without any, or, with the first bit set, a binary number (GNU).
    static func number(_ field: ArraySlice<UInt8>) -> UInt64? {
        guard let first = field.first else { return nil }
        if first & 0x80 != 0 {
            guard first == 0x80 else { return nil }  // a negative one
            var value: UInt64 = 0
            for byte in field.dropFirst() {
                guard value < 1 << 55 else { return nil }
                value = value << 8 | UInt64(byte)
            }
            return value
        }
        let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
        guard digits.count <= 20 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value << 3 | UInt64(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
