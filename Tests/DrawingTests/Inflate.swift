/// A plain reader of PNG, zlib and deflate, written from the specifications for the tests: shares nothing with the writer.
struct Inflate {
    struct Damage: Error { let what: String }

    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// A zlib stream, with its check sum.
    static func zlib(_ bytes: [UInt8]) throws -> [UInt8] {
        guard bytes.count >= 6, bytes[0] & 15 == 8, (Int(bytes[0]) * 256 + Int(bytes[1])) % 31 == 0, bytes[1] & 32 == 0
        else { throw Damage(what: "header") }
        var reader = Inflate(Array(bytes[2..<bytes.count - 4]))
        let data = try reader.read()
        guard (reader.place + 7) / 8 == bytes.count - 6 else { throw Damage(what: "bytes behind the stream") }
        var (a, b) = (1, 0)
        for byte in data {
            a = (a + Int(byte)) % 65521
            b = (b + a) % 65521
        }
        let sum = bytes.suffix(4).reduce(0) { $0 * 256 + Int($1) }
        guard sum == b * 65536 + a else { throw Damage(what: "check sum") }
        return data
    }

    private mutating func bits(_ count: Int) throws -> Int {
        var value = 0
        for bit in 0..<count {
            guard place / 8 < bytes.count else { throw Damage(what: "end") }
            value |= Int(bytes[place / 8] >> UInt8(place % 8) & 1) << bit
            place += 1
        }
        return value
    }

    private mutating func read() throws -> [UInt8] {
        var data: [UInt8] = []
        while true {
            let isLast = try bits(1) == 1
            switch try bits(2) {
            case 0:
                place = (place + 7) / 8 * 8
                let (count, check) = (try bits(16), try bits(16))
                guard count == ~check & 0xffff else { throw Damage(what: "length") }
                for _ in 0..<count { data.append(UInt8(try bits(8))) }
            case 2: try readCoded(into: &data)
            default: throw Damage(what: "block type")
            }
            if isLast { return data }
        }
    }

    private mutating func readCoded(into data: inout [UInt8]) throws {
        let (literals, distances, count) = (try bits(5) + 257, try bits(5) + 1, try bits(4) + 4)
        guard literals <= 286, distances <= 30 else { throw Damage(what: "numbers of symbols") }
        var small = [Int](repeating: 0, count: 19)
        for symbol in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15][..<count] {
            small[symbol] = try bits(3)
        }
        let lengthCode = try code(small)
        var lengths: [Int] = []
        while lengths.count < literals + distances {
            switch try symbol(lengthCode) {
            case 16:
                let last = lengths.last!
                lengths += [Int](repeating: last, count: 3 + (try bits(2)))
            case 17: lengths += [Int](repeating: 0, count: 3 + (try bits(3)))
            case 18: lengths += [Int](repeating: 0, count: 11 + (try bits(7)))
            case let length: lengths.append(length)
            }
        }
        guard lengths.count == literals + distances else { throw Damage(what: "lengths") }
        let (literal, distance) = (try code(Array(lengths[..<literals])), try code(Array(lengths[literals...])))
        while true {
            let found = try symbol(literal)
            if found == 256 { return }
            if found < 256 {
                data.append(UInt8(found))
                continue
            }
            let length = Self.lengthBase[found - 257] + (try bits(Self.lengthBits[found - 257]))
            let where_ = try symbol(distance)
            let back = Self.distanceBase[where_] + (try bits(where_ < 2 ? 0 : where_ / 2 - 1))
            guard back <= data.count else { throw Damage(what: "distance") }
            for _ in 0..<length { data.append(data[data.count - back]) }
        }
    }

    /// Words, highest bit first under a leading 1, to symbols. Throws unless the code is complete.
    private func code(_ lengths: [Int]) throws -> [Int: Int] {
        guard lengths.filter({ $0 > 0 }).reduce(0, { $0 + 1 << (15 - $1) }) == 1 << 15 else {
            throw Damage(what: "incomplete code")
        }
        var words: [Int: Int] = [:]
        var next = 0
        for length in 1...15 {
            for symbol in lengths.indices where lengths[symbol] == length {
                words[1 << length | next] = symbol
                next += 1
            }
            next <<= 1
        }
        return words
    }

    private mutating func symbol(_ code: [Int: Int]) throws -> Int {
        var word = 1
        for _ in 0..<15 {
            word = word << 1 | (try bits(1))
            if let symbol = code[word] { return symbol }
        }
        throw Damage(what: "word")
    }

    private static let lengthBase = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBase = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145,
        8193, 12289, 16385, 24577,
    ]
}
