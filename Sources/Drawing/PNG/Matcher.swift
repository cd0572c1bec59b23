/// Finds repetitions (LZ77): the data as literal bytes and as references to what came before.
struct Matcher {
    /// A literal, or a reference where `distance` > 0.
    struct Token {
        /// The byte, or how many bytes are repeated, 3...258.
        var value: UInt16
        /// How far back, 1...32768; 0 for a literal.
        var distance: UInt16
    }

    private static let window = 32768
    private static let shortest = 3
    private static let longest = 258
    /// Earlier places with the same three bytes that are looked at.
    private static let attempts = 24
    private static let hashBits = 15

    /// The distance 32768 does not fit its field and is not used.
    static func tokens(_ data: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        // The last place of each hash, and of each place the one before it; -1 for none.
        var last = [Int32](repeating: -1, count: 1 << hashBits)
        var before = [Int32](repeating: -1, count: data.count)
        data.withUnsafeBufferPointer { data in
            func remember(_ place: Int) {
                guard place + shortest <= data.count else { return }
                let hash = hash(data, place)
                before[place] = last[hash]
                last[hash] = Int32(place)
            }
            var place = 0
            while place < data.count {
                var best = (length: 0, distance: 0)
                if place + shortest <= data.count {
                    var candidate = Int(last[hash(data, place)])
                    var left = attempts
                    while candidate >= 0, place - candidate < window, left > 0 {
                        let length = common(data, candidate, place)
                        if length > best.length { best = (length, place - candidate) }
                        if length == longest { break }
                        candidate = Int(before[candidate])
                        left -= 1
                    }
                }
                if best.length >= shortest {
                    tokens.append(Token(value: UInt16(best.length), distance: UInt16(best.distance)))
                    for skipped in place..<place + best.length { remember(skipped) }
                    place += best.length
                } else {
                    tokens.append(Token(value: UInt16(data[place]), distance: 0))
                    remember(place)
                    place += 1
                }
            }
        }
        return tokens
    }

    private static func hash(_ data: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        let bytes = UInt32(data[place]) | UInt32(data[place + 1]) << 8 | UInt32(data[place + 2]) << 16
        return Int((bytes &* 0x9e37_79b1) >> UInt32(32 - hashBits))
    }

    private static func common(_ data: UnsafeBufferPointer<UInt8>, _ first: Int, _ second: Int) -> Int {
        let most = min(longest, data.count - second)
        var length = 0
        while length < most, data[first + length] == data[second + length] { length += 1 }
        return length
    }
}
