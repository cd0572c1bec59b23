// Whole numbers as bytes: seven bits a byte, the low ones first, the high bit set in all but the last. A number has one form only.

/// Why bytes say nothing of an image's pixels: the end of a sentence that begins with what they are, such as "mask".
public struct MalformedPixels: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}

/// Reads such numbers one after the other.
struct SevenBitReader {
    private let bytes: [UInt8]
    private(set) var place = 0

    /// Below 2^28: no count of an input's pixels is larger.
    private static let mostBytes = 4

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    mutating func next() throws(MalformedPixels) -> Int {
        var value = 0
        for count in 0..<Self.mostBytes {
            guard place < bytes.count else { throw MalformedPixels("ends within a number, after \(bytes.count) bytes") }
            let byte = bytes[place]
            place += 1
            value |= Int(byte & 0x7f) << (7 * count)
            guard byte & 0x80 == 0 else { continue }
            guard byte != 0 || count == 0 else { throw MalformedPixels("has a number in a longer form than it needs") }
            return value
        }
        throw MalformedPixels("has a number of more than \(Self.mostBytes) bytes")
    }
}

extension [UInt8] {
    /// - Parameter number: from 0 on.
    mutating func append(sevenBit number: Int) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(rest & 0x7f) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }
}
