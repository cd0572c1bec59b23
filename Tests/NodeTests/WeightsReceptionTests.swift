import Dispatch
import Jobs
import Protocol
import Testing

@testable import Node

/// How much of the weights may be on its way.
@Suite struct WeightsReceptionTests {
    private let asked = Mailbox<(offset: UInt64, bytes: UInt64)>()

    private func reception(_ total: UInt64) -> WeightsReception {
        WeightsReception(total: total) { [asked] in asked.post(($0, $1)) }
    }

    private func wishes() -> [(offset: UInt64, bytes: UInt64)] { asked.take(until: .now()) }

    private func chunk(_ offset: UInt64, _ count: Int) -> WeightsChunk {
        WeightsChunk(offset: offset, bytes: [UInt8](repeating: 1, count: count))
    }

    @Test func noMoreThanAWindowIsAskedForAndNotTaken() throws {
        let total: UInt64 = 11 << 20 + 5
        let reception = reception(total)
        reception.begin()
        var (asked, sent, taken, most) = (UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        while taken < total {
            for wish in wishes() {
                #expect(wish.offset == asked, "one after the other")
                asked += wish.bytes
            }
            // A network that is faster than the disk.
            while sent < asked {
                let count = min(asked - sent, 200_000)
                try reception.accept(chunk(sent, Int(count)))
                sent += count
                most = max(most, reception.waiting)
            }
            taken += UInt64(try #require(reception.next()).count)
        }
        #expect(asked == total)
        #expect(most <= WeightsReception.window && most > 1 << 20, "\(most)")
    }

    @Test func whatWasNotAskedForIsRefused() throws {
        let reception = reception(10 << 20)
        #expect(throws: OutOfProtocol("weights that nobody asked for")) { try reception.accept(chunk(0, 1)) }
        reception.begin()
        try reception.accept(chunk(0, 3 << 20))
        for bad in [chunk(0, 1), chunk(3 << 20 + 1, 1), chunk(3 << 20, 0), chunk(3 << 20, 9 << 20), chunk(.max, 2)] {
            #expect(throws: OutOfProtocol.self) { try reception.accept(bad) }
        }
        reception.close()
        try reception.accept(chunk(7, 1))  // of nobody's interest any more
        #expect(reception.next() == nil)
    }

    @Test func manySmallPartsTakeNoMoreRoomThanTheirBytes() throws {
        let reception = reception(1 << 20)
        reception.begin()
        for offset in 0..<UInt64(100_000) { try reception.accept(chunk(offset, 1)) }
        #expect(reception.next()?.count == 100_000)
    }
}
