/// Lengths and distances as symbols with extra bits (RFC 1951, 3.2.5).
struct DeflateSymbol {
    var symbol: Int
    var extra: Int
    /// Extra bits.
    var width: Int

    /// 3...258.
    static func length(_ length: UInt16) -> DeflateSymbol { lengths[Int(length) - 3] }

    /// 1...32768.
    static func distance(_ distance: UInt16) -> DeflateSymbol {
        let value = Int(distance) - 1
        guard value >= 4 else { return DeflateSymbol(symbol: value, extra: 0, width: 0) }
        // Two symbols for each power of two.
        let width = Int.bitWidth - value.leadingZeroBitCount - 2
        return DeflateSymbol(symbol: 2 * width + value >> width, extra: value & (1 << width - 1), width: width)
    }

    private static let lengths: [DeflateSymbol] = (3...258).map { length in
        if length == 258 { return DeflateSymbol(symbol: 285, extra: 0, width: 0) }
        let value = length - 3
        guard value >= 8 else { return DeflateSymbol(symbol: 257 + value, extra: 0, width: 0) }
        // Four symbols for each power of two.
        let width = Int.bitWidth - value.leadingZeroBitCount - 3
        return DeflateSymbol(
            symbol: 257 + 4 * width + value >> width, extra: value & (1 << width - 1), width: width)
    }
}
