/// Which names are looked up at a time. A pure value: names that are asked for and answers in, names to begin with out.
///
/// A resolver that does not answer holds a thread for each name, half a minute or more. So each name is looked up once at
/// a time, whoever asks; a lookup that takes long does not count against the others; and of names that took long before,
/// only some are looked up at once, so that they never keep out those that are answered.
package struct NameQueue: Sendable {
    /// Lookups at a time that are expected to be answered at once, and as many of names that took long before.
    package static let quick = 32
    /// Threads in all.
    package static let most = 256
    package static let longNanoseconds: UInt64 = 1_000_000_000

    private var running: [String: UInt64] = [:]
    private var waiting: [String] = []
    private var isWaiting: Set<String> = []
    /// Names whose last lookup took long.
    private var slow: Set<String> = []

    package init() {}

    package var runningCount: Int { running.count }
    package var waitingCount: Int { waiting.count }

    /// Somebody asks. Gives the names to begin with now.
    package mutating func ask(_ name: String, at now: UInt64) -> [String] {
        if running[name] == nil, isWaiting.insert(name).inserted { waiting.append(name) }
        return begin(at: now)
    }

    /// Nobody asks any more; what is running goes on.
    package mutating func forget(_ name: String) {
        if isWaiting.remove(name) != nil { waiting.removeAll { $0 == name } }
    }

    /// A lookup has ended. Gives the names to begin with now.
    package mutating func ended(_ name: String, at now: UInt64) -> [String] {
        if let began = running.removeValue(forKey: name) {
            if isLong(since: began, at: now) {
                // Hosts come and go in a long run; what is forgotten is found out again.
                if slow.count >= 4096 { slow = [] }
                slow.insert(name)
            } else {
                slow.remove(name)
            }
        }
        return begin(at: now)
    }

    private func isLong(since began: UInt64, at now: UInt64) -> Bool {
        now > began && now - began >= NameQueue.longNanoseconds
    }

    private mutating func begin(at now: UInt64) -> [String] {
        var begun: [String] = []
        var (slowOnes, quickOnes) = (0, 0)
        for (name, began) in running {
            if slow.contains(name) { slowOnes += 1 } else if !isLong(since: began, at: now) { quickOnes += 1 }
        }
        guard !waiting.isEmpty, running.count < NameQueue.most, min(slowOnes, quickOnes) < NameQueue.quick else {
            return []
        }
        waiting = waiting.filter { name in
            guard running.count < NameQueue.most else { return true }
            if slow.contains(name) {
                guard slowOnes < NameQueue.quick else { return true }
                slowOnes += 1
            } else {
                guard quickOnes < NameQueue.quick else { return true }
                quickOnes += 1
            }
            running[name] = now
            isWaiting.remove(name)
            begun.append(name)
            return false
        }
        return begun
    }
}
