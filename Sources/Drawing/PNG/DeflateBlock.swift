/// One block of deflate with codes made for it (RFC 1951, 3.2.7).
struct DeflateBlock {
    private static let endOfBlock = 256
    /// The order in which the lengths of the code for code lengths are written.
    private static let lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]

    private let literals: HuffmanCode
    private let distances: HuffmanCode
    private let lengthCode: HuffmanCode
    /// The lengths of both codes' words, with repetitions as one symbol: symbol, its extra bits, how many.
    private let runs: [(symbol: Int, extra: Int, width: Int)]
    private let literalCount: Int
    private let distanceCount: Int
    private let lengthCount: Int
    /// Bits of the block without the mark of the last one.
    let bitCount: Int

    init(_ tokens: ArraySlice<Matcher.Token>) {
        var literalUse = [Int](repeating: 0, count: 286)
        var distanceUse = [Int](repeating: 0, count: 30)
        literalUse[Self.endOfBlock] = 1
        var extraBits = 0
        for token in tokens {
            guard token.distance > 0 else {
                literalUse[Int(token.value)] += 1
                continue
            }
            let (length, distance) = (DeflateSymbol.length(token.value), DeflateSymbol.distance(token.distance))
            literalUse[length.symbol] += 1
            distanceUse[distance.symbol] += 1
            extraBits += length.width + distance.width
        }
        literals = HuffmanCode(frequencies: literalUse, limit: 15)
        distances = HuffmanCode(frequencies: distanceUse, limit: 15)
        literalCount = max(257, literals.lengths.lastIndex { $0 > 0 }! + 1)
        distanceCount = distances.lengths.lastIndex { $0 > 0 }! + 1
        let runs = Self.runs(Array(literals.lengths[..<literalCount] + distances.lengths[..<distanceCount]))
        var runUse = [Int](repeating: 0, count: 19)
        for run in runs { runUse[run.symbol] += 1 }
        let lengthCode = HuffmanCode(frequencies: runUse, limit: 7)
        lengthCount = max(4, Self.lengthOrder.lastIndex { lengthCode.lengths[$0] > 0 }! + 1)
        self.runs = runs
        self.lengthCode = lengthCode
        func bits(_ use: [Int], _ code: HuffmanCode) -> Int {
            zip(use, code.lengths).reduce(0) { $0 + $1.0 * Int($1.1) }
        }
        let head = 2 + 14 + 3 * lengthCount + bits(runUse, lengthCode) + runs.reduce(0) { $0 + $1.width }
        bitCount = head + bits(literalUse, literals) + bits(distanceUse, distances) + extraBits
    }

    func write(_ tokens: ArraySlice<Matcher.Token>, to writer: inout BitWriter) {
        writer.append(2, width: 2)
        writer.append(literalCount - 257, width: 5)
        writer.append(distanceCount - 1, width: 5)
        writer.append(lengthCount - 4, width: 4)
        for symbol in Self.lengthOrder[..<lengthCount] { writer.append(Int(lengthCode.lengths[symbol]), width: 3) }
        for run in runs {
            lengthCode.write(run.symbol, to: &writer)
            writer.append(run.extra, width: run.width)
        }
        for token in tokens {
            guard token.distance > 0 else {
                literals.write(Int(token.value), to: &writer)
                continue
            }
            let (length, distance) = (DeflateSymbol.length(token.value), DeflateSymbol.distance(token.distance))
            literals.write(length.symbol, to: &writer)
            writer.append(length.extra, width: length.width)
            distances.write(distance.symbol, to: &writer)
            writer.append(distance.extra, width: distance.width)
        }
        literals.write(Self.endOfBlock, to: &writer)
    }

    private static func runs(_ lengths: [UInt8]) -> [(symbol: Int, extra: Int, width: Int)] {
        var runs: [(Int, Int, Int)] = []
        var place = 0
        while place < lengths.count {
            let length = lengths[place]
            var count = 1
            while place + count < lengths.count, lengths[place + count] == length { count += 1 }
            place += count
            if length > 0 {
                runs.append((Int(length), 0, 0))
                count -= 1
            }
            while count > 0 {
                let part: Int
                if length == 0, count >= 11 {
                    part = min(count, 138)
                    runs.append((18, part - 11, 7))
                } else if count >= 3 {
                    part = min(count, length == 0 ? 10 : 6)
                    runs.append(length == 0 ? (17, part - 3, 3) : (16, part - 3, 2))
                } else {
                    part = 1
                    runs.append((Int(length), 0, 0))
                }
                count -= part
            }
        }
        return runs
    }
}
