import Foundation

/// The one thread that waits for sockets and timers; everything that happens on a socket happens on it.
///
/// Nothing on this thread blocks. `poll` is enough: a coordinator has a thousand connections at the most.
public final class Reactor: @unchecked Sendable {
    private let lock = NSLock()
    private var commands: [@Sendable () -> Void] = []
    private var isStopping = false
    private var hasWoken = false
    private let wakeRead: Int32
    private let wakeWrite: Int32
    private let stopped = DispatchSemaphore(value: 0)
    // Used on the reactor's thread only.
    private var members: [ObjectIdentifier: any ReactorMember] = [:]

    public init() throws(TransportError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TransportError("make a pipe") }
        (wakeRead, wakeWrite) = (ends[0], ends[1])
        for end in ends { Sockets.prepare(end) }
        Sockets.raiseDescriptorLimit()
        let thread = Thread { [self] in loop() }
        thread.name = "stnet.reactor"
        thread.start()
    }

    deinit {
        Foundation.close(wakeRead)
        Foundation.close(wakeWrite)
    }

    /// Ends the thread; every connection is closed as `local`. Returns when it is done; not to be called on it.
    public func stop() {
        let isFirst = lock.withLock {
            defer { isStopping = true }
            return !isStopping
        }
        guard isFirst else { return }
        wake()
        stopped.wait()
    }

    /// Runs a closure on the reactor's thread.
    func perform(_ command: @escaping @Sendable () -> Void) {
        lock.withLock { commands.append(command) }
        wake()
    }

    func add(_ member: any ReactorMember) { members[ObjectIdentifier(member)] = member }
    func remove(_ member: any ReactorMember) { members[ObjectIdentifier(member)] = nil }

    private func wake() {
        let needsByte = lock.withLock {
            defer { hasWoken = true }
            return !hasWoken
        }
        guard needsByte else { return }
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = write(wakeWrite, &byte, 1)
    }

    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }

    private func loop() {
        while true {
            let (todo, isLast) = lock.withLock {
                defer {
                    commands = []
                    hasWoken = false
                }
                return (commands, isStopping)
            }
            for command in todo { command() }
            if isLast { break }
            wait()
        }
        for member in members.values { member.stop() }
        members = [:]
        stopped.signal()
    }

    private func wait() {
        var polled = [pollfd(fd: wakeRead, events: Int16(POLLIN), revents: 0)]
        var owners: [any ReactorMember] = []
        var deadline = UInt64.max
        for member in members.values {
            deadline = min(deadline, member.deadline)
            guard let (descriptor, events) = member.interest() else { continue }
            polled.append(pollfd(fd: descriptor, events: events, revents: 0))
            owners.append(member)
        }
        let now = Reactor.now()
        let milliseconds = deadline == .max ? -1 : deadline <= now ? 0 : Int32(min((deadline - now) / 1_000_000 + 1, 60_000))
        let count = poll(&polled, nfds_t(polled.count), milliseconds)
        guard count >= 0 || errno == EINTR else { fatalError("poll: \(TransportError.text(errno))") }
        if count > 0 {
            if polled[0].revents != 0 { emptyPipe() }
            for (entry, owner) in zip(polled.dropFirst(), owners) where entry.revents != 0 {
                // An earlier one may have removed it.
                if members[ObjectIdentifier(owner)] != nil { owner.ready(entry.revents) }
            }
        }
        let after = Reactor.now()
        for member in Array(members.values) where member.deadline <= after { member.timedOut(after) }
    }

    private func emptyPipe() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(wakeRead, &bytes, bytes.count) > 0 {}
    }
}

/// Who has a socket on a reactor. All calls come on its thread.
protocol ReactorMember: AnyObject {
    /// The descriptor and the poll events that matter now; nil for none.
    func interest() -> (descriptor: Int32, events: Int16)?
    func ready(_ events: Int16)
    /// On the reactor's clock; `UInt64.max` for none.
    var deadline: UInt64 { get }
    func timedOut(_ now: UInt64)
    func stop()
}
