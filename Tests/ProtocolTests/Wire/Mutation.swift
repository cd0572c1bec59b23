import Bytes
import Foundation

/// How many times the usual number of inputs the fuzz tests try: `make fuzz` sets it.
let fuzzRounds = max(1, ProcessInfo.processInfo.environment["STNET_FUZZ"].flatMap { Int($0) } ?? 1)

extension SplitMix64 {
    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    /// One to three changes.
    mutating func mutate(_ bytes: inout [UInt8]) {
        for _ in 0...below(3) { change(&bytes) }
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else {
            bytes.append(UInt8(below(256)))
            return
        }
        let place = below(bytes.count)
        let end = min(bytes.count, place + 1 + below(16))
        switch below(7) {
        case 0: bytes[place] ^= 1 << UInt8(below(8))
        case 1: bytes[place] = UInt8(below(256))
        case 2: bytes.removeLast(below(bytes.count))
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count + 1))
        case 5:
            // A length, a count or an offset at the edge of its range.
            let edges: [UInt64] = [0, 1, 0x7f, 0xff, 0x100, 0xffff, 0x7fff_ffff, 0xffff_ffff, .max >> 1, .max, 1 << 20]
            let edge = edges[below(edges.count)]
            for i in 0..<min([1, 2, 4, 8][below(4)], bytes.count - place) {
                bytes[place + i] = UInt8(truncatingIfNeeded: edge >> UInt64(8 * i))
            }
        default: bytes.swapAt(place, below(bytes.count))
        }
    }
}
