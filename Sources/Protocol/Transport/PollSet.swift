import Bytes

/// What a reactor waits for: the descriptors in the form that `poll` takes, and the deadlines. Changed member by member,
/// because with a thousand links nearly nothing changes from one round to the next.
struct PollSet {
    private struct Entry {
        let member: any ReactorMember
        /// Its place in `polled`; nil while it waits for no descriptor.
        var slot: Int?
    }

    private var entries: [ObjectIdentifier: Entry] = [:]
    /// The first one wakes the thread; behind it the members', in any order.
    private var polled: [pollfd]
    /// Whose descriptors they are; the first is nobody's.
    private var owners: [(any ReactorMember)?]
    /// Those with a deadline: handshakes and ends. In a flood of strangers they are hundreds, and looked through only when
    /// one may be due.
    private var timed: [ObjectIdentifier: any ReactorMember] = [:]
    /// No deadline is before this; the first one may be later.
    private var earliest = UInt64.max

    init(wake: Int32) {
        polled = [pollfd(fd: wake, events: Int16(POLLIN), revents: 0)]
        owners = [nil]
    }

    var members: [any ReactorMember] { entries.values.map(\.member) }
    func contains(_ member: any ReactorMember) -> Bool { entries[ObjectIdentifier(member)] != nil }

    mutating func add(_ member: any ReactorMember) {
        entries[ObjectIdentifier(member)] = Entry(member: member)
        update(member)
    }

    mutating func remove(_ member: any ReactorMember) {
        let id = ObjectIdentifier(member)
        guard let entry = entries.removeValue(forKey: id) else { return }
        timed[id] = nil
        if let slot = entry.slot { free(slot) }
    }

    mutating func update(_ member: any ReactorMember) {
        let id = ObjectIdentifier(member)
        guard let entry = entries[id] else { return }
        timed[id] = member.deadline == .max ? nil : member
        earliest = min(earliest, member.deadline)
        switch (member.interest, entry.slot) {
        case (nil, nil): break
        case (nil, let slot?):
            entries[id]?.slot = nil
            free(slot)
        case (let wanted?, let slot?):
            polled[slot].fd = wanted.descriptor
            polled[slot].events = wanted.events
        case (let wanted?, nil):
            entries[id]?.slot = polled.count
            polled.append(pollfd(fd: wanted.descriptor, events: wanted.events, revents: 0))
            owners.append(member)
        }
    }

    /// The last one moves to the free place.
    private mutating func free(_ slot: Int) {
        let (lastPolled, lastOwner) = (polled.removeLast(), owners.removeLast())
        guard slot < polled.count, let lastOwner else { return }
        polled[slot] = lastPolled
        owners[slot] = lastOwner
        entries[ObjectIdentifier(lastOwner)]?.slot = slot
    }

    /// Waits for a descriptor or the next deadline.
    mutating func wait() -> (hasWoken: Bool, members: [(any ReactorMember, Int16)]) {
        let timeout = milliseconds()
        // A signal leads to another round, with a new time to wait.
        guard let call = SystemCall.once({ Int(poll(&polled, nfds_t(polled.count), timeout)) }) else {
            return (false, [])
        }
        guard case .done(let count) = call else {
            // Lack of memory may pass.
            let code = call.code
            precondition(code == ENOMEM || code == EAGAIN, "poll: \(TransportError.text(code))")
            usleep(10_000)
            return (false, [])
        }
        guard count > 0 else { return (false, []) }
        var ready: [(any ReactorMember, Int16)] = []
        for (entry, owner) in zip(polled, owners) where entry.revents != 0 {
            if let owner { ready.append((owner, entry.revents)) }
        }
        return (polled[0].revents != 0, ready)
    }

    mutating func overdue(at now: UInt64) -> [any ReactorMember] {
        guard earliest <= now else { return [] }
        var late: [any ReactorMember] = []
        earliest = .max
        for member in timed.values {
            if member.deadline <= now { late.append(member) } else { earliest = min(earliest, member.deadline) }
        }
        return late
    }

    private func milliseconds() -> Int32 {
        guard earliest < .max else { return -1 }
        let now = Reactor.now()
        // Rounded up: a wait that ends just before the deadline would be followed by many of no time at all.
        return earliest <= now ? 0 : Int32(min((earliest - now) / 1_000_000 + 1, 60_000))
    }
}
