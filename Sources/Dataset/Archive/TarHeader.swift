import Foundation

/// One 512-byte block of a tar archive that describes the entry behind it (POSIX.1-2017, pax, "ustar Interchange
/// Format"; GNU tar's numbers beyond octal and long names).
struct TarHeader {
    static let blockBytes = 512

    enum Kind {
        case file
        /// GNU: the next entry's name is this one's content.
        case longName
        /// POSIX: the next entry's attributes are this one's content.
        case attributes
        /// Folders, links, devices, what concerns all entries: nothing to be read.
        case other
    }

    let name: String
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
        // The sum of all bytes, with blanks in the sum's own place.
        let sum =
            block.reduce(UInt64(0)) { $0 + UInt64($1) } - field(148, 8).reduce(UInt64(0)) { $0 + UInt64($1) } + 8 * 32
        guard let stored = TarHeader.number(field(148, 8)), stored == sum else {
            throw Problem(text: "no header: its checksum is not that of its bytes")
        }
        guard let size = TarHeader.number(field(124, 12)), size < 1 << 62 else {
            throw Problem(text: "the size of the entry is no number")
        }
        let isPOSIX = Array(field(257, 6)) == Array("ustar\u{0}".utf8)
        let prefix = isPOSIX ? text(345, 155) : ""
        name = (prefix.isEmpty ? "" : prefix + "/") + text(0, 100)
        switch field(156, 1).first! {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
            kind = .file
            self.size = size
        case UInt8(ascii: "L"):
            kind = .longName
            self.size = size
        case UInt8(ascii: "x"):
            kind = .attributes
            self.size = size
        case UInt8(ascii: "1")...UInt8(ascii: "6"):
            // Links, devices and folders have no content whatever their size says.
            kind = .other
            self.size = 0
        case UInt8(ascii: "S"):
            throw Problem(text: "a sparse file, \(name): store it whole")
        default:
            kind = .other
            self.size = size
        }
    }

    /// Octal digits between blanks and NULs, or, with the first bit set, a binary number (GNU).
    private static func number(_ field: ArraySlice<UInt8>) -> UInt64? {
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
        guard !digits.isEmpty, digits.count <= 20 else { return nil }
        var value: UInt64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
            value = value << 3 | UInt64(digit - UInt8(ascii: "0"))
        }
        return value
    }
}

/// POSIX's extended attributes: lines "length name=value".
struct TarAttributes {
    private(set) var path: String?
    private(set) var size: UInt64?

    init(_ bytes: [UInt8]) throws(TarHeader.Problem) {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let blank = rest.firstIndex(of: 32),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 1, length <= rest.count,
                rest[rest.startIndex + length - 1] == UInt8(ascii: "\n"),
                let equals = rest[(blank + 1)..<(rest.startIndex + length)].firstIndex(of: UInt8(ascii: "="))
            else { throw TarHeader.Problem(text: "extended attributes that are no lines of \"length name=value\"") }
            let value = String(decoding: rest[(equals + 1)..<(rest.startIndex + length - 1)], as: UTF8.self)
            switch String(decoding: rest[(blank + 1)..<equals], as: UTF8.self) {
            case "path": path = value
            case "size":
                guard let number = UInt64(value), number < 1 << 62 else {
                    throw TarHeader.Problem(text: "extended attribute size=\(value): expected a number")
                }
                size = number
            default: break
            }
            rest = rest.dropFirst(length)
        }
    }
}
