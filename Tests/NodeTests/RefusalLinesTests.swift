import Testing

@testable import Node

@Suite("The log of those who were not let in") struct RefusalLinesTests {
    private let second: UInt64 = 1_000_000_000

    @Test func aFloodGetsALineASecondThatCountsTheRest() {
        var lines = RefusalLines()
        var said: [String] = []
        for number in 0..<5000 as Range<UInt64> {
            let now = number * second / 500
            if let line = lines.add(peer: "10.0.0.9:\(number)", reason: "no handshake", at: now) { said.append(line) }
        }
        #expect(said.count == 10)
        #expect(said[0] == "10.0.0.9:0 was not let in: no handshake")
        #expect(said[1] == "10.0.0.9:500 was not let in: no handshake (and 499 more before it; 501 in all)")
        #expect(lines.total == 5000)
        #expect(lines.rest(at: 10 * second - 1) == nil)
        let rest = lines.rest(at: 11 * second)
        #expect(rest == "499 more were not let in, the last one 10.0.0.9:4999: no handshake (5000 in all)")
        #expect(lines.rest(at: 12 * second) == nil)
    }

    @Test func whoComesNowAndThenGetsALineEachTime() {
        var lines = RefusalLines()
        for number in 0..<3 as Range<UInt64> {
            #expect(lines.add(peer: "a", reason: "b", at: number * second) == "a was not let in: b")
        }
    }
}
