/// Places for those who have connected and not proved anything yet. A pure value: arrivals with their time in, who has to
/// go for them out.
///
/// Who is honest needs a place for a few round trips only, and gets one however fast others come:
/// - who takes more places than its share, all of them divided by the number of sources, makes room for the others and
///   for its own newcomers;
/// - nobody else is sent off within `youthNanoseconds` of its arrival, for its first bytes, or its proof, may be a round
///   trip away;
/// - before those who have said hello go those who have had that time and said nothing.
package struct Strangers<ID: Hashable & Sendable>: Sendable {
    private struct Place {
        let id: ID
        let source: SourceAddress
        let arrival: UInt64
        var hasSpoken = false
        /// It has been refused and is only seen off.
        var isLeaving = false
    }

    package let limit: Int
    package let youthNanoseconds: UInt64
    /// The oldest first.
    private var places: [Place] = []
    private var counts: [SourceAddress: Int] = [:]

    package init(limit: Int, youthNanoseconds: UInt64) {
        precondition(limit > 0, "without strangers nobody can come")
        self.limit = limit
        self.youthNanoseconds = youthNanoseconds
    }

    package var count: Int { places.count }
    package var all: [ID] { places.map(\.id) }

    /// A newcomer takes a place. Gives who has to go for it, which is the newcomer itself where all others are young.
    package mutating func add(_ id: ID, from source: SourceAddress, at now: UInt64) -> ID? {
        places.append(Place(id: id, source: source, arrival: now))
        counts[source, default: 0] += 1
        guard places.count > limit else { return nil }
        let leaver = places[leaver(at: now)].id
        remove(leaver)
        return leaver
    }

    /// The first frame of its handshake is there.
    package mutating func spoke(_ id: ID) { change(id) { $0.hasSpoken = true } }
    package mutating func isLeaving(_ id: ID) { change(id) { $0.isLeaving = true } }

    package mutating func remove(_ id: ID) {
        guard let place = places.lastIndex(where: { $0.id == id }) else { return }
        let source = places.remove(at: place).source
        counts[source] = counts[source].flatMap { $0 > 1 ? $0 - 1 : nil }
    }

    private mutating func change(_ id: ID, _ change: (inout Place) -> Void) {
        // Most of them have come just now.
        if let place = places.lastIndex(where: { $0.id == id }) { change(&places[place]) }
    }

    private func leaver(at now: UInt64) -> Int {
        if let gone = places.firstIndex(where: \.isLeaving) { return gone }
        if let largest = counts.max(by: { $0.value < $1.value }), largest.value > share {
            let theirs = places.firstIndex { $0.source == largest.key } ?? 0
            return firstMute(of: largest.key, at: now) ?? theirs
        }
        // The oldest first: where that one is young, all are.
        return firstMute(of: nil, at: now) ?? (isYoung(places[0], at: now) ? places.count - 1 : 0)
    }

    /// Also where there are more sources than places, a coordinator may come beside a probe or two.
    private var share: Int { max(1, limit / 128, limit / counts.count) }

    private func isYoung(_ place: Place, at now: UInt64) -> Bool {
        now < place.arrival || now - place.arrival < youthNanoseconds
    }

    /// The oldest that has had its time and has not said hello.
    private func firstMute(of source: SourceAddress?, at now: UInt64) -> Int? {
        for (number, place) in places.enumerated() {
            if isYoung(place, at: now) { return nil }
            if !place.hasSpoken && (source == nil || place.source == source) { return number }
        }
        return nil
    }
}

/// Whose connection it is, as far as that can be told without a proof: an IPv4 address, or the first 64 bits of an IPv6
/// address, of which the holder chooses the rest.
package struct SourceAddress: Hashable, Sendable {
    /// The bytes of an IPv4 address, or the first eight of an IPv6 address.
    private let prefix: UInt64
    private let isIPv6: Bool

    /// Nil: the other end was gone before it could be asked.
    package init(_ address: SocketAddress?) {
        let bytes = address?.bytes ?? []
        switch address?.family {
        case SocketAddress.ipv6 where bytes.count >= 24:
            let whole = bytes[8..<24]
            let isMapped = whole.prefix(10).allSatisfy { $0 == 0 } && whole.dropFirst(10).prefix(2) == [0xff, 0xff]
            isIPv6 = !isMapped
            prefix = SourceAddress.number(isMapped ? whole.suffix(4) : whole.prefix(8))
        default:
            isIPv6 = false
            prefix = SourceAddress.number(bytes.dropFirst(4).prefix(4))
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
}
