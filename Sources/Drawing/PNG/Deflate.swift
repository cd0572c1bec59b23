/// The deflate format (RFC 1951), compression only: blocks of up to 16,384 tokens, each with codes of its own, or stored
/// where that is shorter.
enum Deflate {
    private static let blockTokens = 16384
    private static let largestStored = 65535

    static func compress(_ data: [UInt8]) -> [UInt8] {
        let tokens = Matcher.tokens(data)
        var writer = BitWriter()
        var (place, offset) = (0, 0)
        repeat {
            let block = tokens[place..<min(place + blockTokens, tokens.count)]
            place += block.count
            let bytes = block.reduce(0) { $0 + ($1.distance == 0 ? 1 : Int($1.value)) }
            write(block, of: data[offset..<offset + bytes], isLast: place == tokens.count, to: &writer)
            offset += bytes
        } while place < tokens.count
        writer.align()
        return writer.bytes
    }

    private static func write(
        _ block: ArraySlice<Matcher.Token>, of data: ArraySlice<UInt8>, isLast: Bool, to writer: inout BitWriter
    ) {
        let coded = DeflateBlock(block)
        if coded.bitCount < (data.count + 8) * 8 {
            writer.append(isLast ? 1 : 0, width: 1)
            coded.write(block, to: &writer)
        } else {
            store(data, isLast: isLast, to: &writer)
        }
    }

    private static func store(_ data: ArraySlice<UInt8>, isLast: Bool, to writer: inout BitWriter) {
        var rest = data
        repeat {
            let part = rest.prefix(largestStored)
            rest = rest.dropFirst(part.count)
            writer.append(isLast && rest.isEmpty ? 1 : 0, width: 3)
            writer.align()
            writer.append(part.count, width: 16)
            writer.append(~part.count & 0xffff, width: 16)
            writer.append(part)
        } while !rest.isEmpty
    }
}
