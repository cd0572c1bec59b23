import Protocol
import Testing

/// Who keeps a place when more come than there are places; a clock of the test's own, no sockets.
@Suite("Transport: places for strangers")
struct StrangerPlacesTests {
    private static let second: UInt64 = 1_000_000_000

    private static func source(_ number: Int) -> SourceAddress {
        SourceAddress(
            SocketAddress.numeric(
                HostPort(host: "10.\(number >> 16 & 255).\(number >> 8 & 255).\(number & 255)", port: 1)))
    }

    private func places(_ limit: Int, youthSeconds: UInt64 = 1) -> Strangers<Int> {
        Strangers(limit: limit, youthNanoseconds: youthSeconds * Self.second)
    }

    @Test func whoTakesMoreThanItsShareMakesRoom() {
        var strangers = places(4)
        for id in 0..<4 { #expect(strangers.add(id, from: Self.source(0), at: UInt64(id)) == nil) }
        // All of them are young, and have said hello; the newcomers from elsewhere get places all the same.
        for id in 0..<4 { strangers.spoke(id) }
        #expect(strangers.add(10, from: Self.source(1), at: 10) == 0)
        #expect(strangers.add(11, from: Self.source(2), at: 11) == 1)
        // Its own newcomers cost a place of its own.
        #expect(strangers.add(4, from: Self.source(0), at: 12) == 2)
        #expect(strangers.all == [3, 10, 11, 4])
    }

    @Test func oneByteIsNoReasonToStay() {
        var strangers = places(2)
        _ = strangers.add(0, from: Self.source(0), at: 0)
        _ = strangers.add(1, from: Self.source(1), at: 0)
        strangers.spoke(0)
        // The second has had its time and has not said hello.
        #expect(strangers.add(2, from: Self.source(2), at: 2 * Self.second) == 1)
        // Both that are left are honest, as far as anybody knows: the older one goes.
        strangers.spoke(2)
        #expect(strangers.add(3, from: Self.source(3), at: 4 * Self.second) == 0)
    }

    @Test func theYoungStayAndTheNewcomerGoes() {
        var strangers = places(2)
        _ = strangers.add(0, from: Self.source(0), at: 0)
        _ = strangers.add(1, from: Self.source(1), at: 0)
        #expect(strangers.add(2, from: Self.source(2), at: Self.second / 2) == 2)
        #expect(strangers.all == [0, 1])
    }

    @Test func whoIsBeingSeenOffGoesFirst() {
        var strangers = places(2)
        _ = strangers.add(0, from: Self.source(0), at: 0)
        _ = strangers.add(1, from: Self.source(1), at: 0)
        strangers.isLeaving(1)
        #expect(strangers.add(2, from: Self.source(2), at: 0) == 1)
        strangers.remove(0)
        strangers.remove(0)
        #expect(strangers.add(3, from: Self.source(0), at: 0) == nil)
    }

    @Test func anIPv6HolderIsItsFirst64Bits() throws {
        func of(_ text: String) throws -> SourceAddress {
            SourceAddress(SocketAddress.numeric(try HostPort(parsing: text)))
        }
        #expect(try of("[2001:db8:1:2::1]:1") == of("[2001:db8:1:2:ffff:ffff:ffff:ffff]:9"))
        #expect(try of("[2001:db8:1:2::1]:1") != of("[2001:db8:1:3::1]:1"))
        #expect(try of("[::ffff:10.0.0.1]:1") == of("10.0.0.1:1"))
        #expect(try of("10.0.0.1:1") != of("10.0.0.2:1"))
    }

    struct Flood: Sendable {
        var perSecond: Int
        /// Addresses that take turns.
        var sources: Int
        /// Whether the honest one comes from the first of them.
        var sharesAddress = false
        var says = true
    }

    /// Attackers come at a steady rate, say hello at once or never, and stay for their 5 s; the honest ones' first bytes
    /// are a round trip of 100 ms behind their connection, their proof another one.
    @Test(arguments: [
        Flood(perSecond: 500, sources: 1), Flood(perSecond: 500, sources: 1, sharesAddress: true),
        Flood(perSecond: 500, sources: 40), Flood(perSecond: 500, sources: 1_000_000),
        Flood(perSecond: 500, sources: 1_000_000, says: false), Flood(perSecond: 20_000, sources: 1),
        Flood(perSecond: 20_000, sources: 100), Flood(perSecond: 500, sources: 7, sharesAddress: true, says: false),
    ])
    func everyHonestOneComesInDuringAFlood(_ flood: Flood) {
        let limits = StrangerLimits(connections: 512)
        var strangers = Strangers<Int>(
            limit: limits.connections, youthNanoseconds: UInt64(limits.youthSeconds * 1e9))
        let roundTrip = Self.second / 10
        var ends: [(at: UInt64, id: Int)] = []
        var firstEnd = 0
        var (id, attacker) = (0, 0)
        var honest: [Int: UInt64] = [:]
        var (arrived, proved) = (0, 0)
        var nextHonest = Self.second / 4
        var now: UInt64 = 0
        let end = (flood.perSecond > 1000 ? 2 : 6) * Self.second
        while now < end {
            now += Self.second / UInt64(flood.perSecond)
            while firstEnd < ends.count, ends[firstEnd].at <= now {
                strangers.remove(ends[firstEnd].id)
                firstEnd += 1
            }
            for (id, arrival) in honest {
                if now >= arrival + roundTrip { strangers.spoke(id) }
                if now >= arrival + 2 * roundTrip {
                    proved += 1
                    honest[id] = nil
                    strangers.remove(id)
                }
            }
            id += 1
            attacker += 1
            if let out = strangers.add(id, from: Self.source(attacker % flood.sources), at: now) { honest[out] = nil }
            if flood.says { strangers.spoke(id) }
            ends.append((now + 5 * Self.second, id))
            if now >= nextHonest {
                nextHonest += Self.second / 16
                id += 1
                arrived += 1
                honest[id] = now
                let source = flood.sharesAddress ? Self.source(0) : Self.source(0xff_ffff)
                if let out = strangers.add(id, from: source, at: now) { honest[out] = nil }
            }
        }
        #expect(arrived > 20 && proved + honest.count == arrived, "\(proved) of \(arrived)")
        #expect(strangers.count <= 512)
    }
}
