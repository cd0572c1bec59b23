import Dispatch
import Bytes

/// The one thread that waits for sockets and timers; everything that happens on a socket happens on it.
///
/// Nothing on this thread blocks. `poll` is enough: a coordinator has a thousand connections at the most. The poll set
/// is kept from one round to the next and changed only on this thread; other threads hand it closures.
public final class Reactor: @unchecked Sendable {
    /// Bytes read at once; a link gives way to the others after that.
    static let readSize = 64 << 10

    private let lock = Lock()
    // Under the lock.
    private var commands: [@Sendable () -> Void] = []
    private var isStopping = false
    private var isFinished = false
    private var hasWoken = false
    private var runner: pthread_t?

    private let wakeRead: Descriptor
    private let wakeWrite: Descriptor
    private let stopped = DispatchSemaphore(value: 0)
    /// What is asked for after the thread's end runs here.
    private let afterwards = DispatchQueue(label: "stnet.reactor.afterwards")
    /// Looks names up, which blocks.
    let names: NameResolver

    // On the reactor's thread only; after its end on `afterwards`.
    private var pollSet: PollSet
    private var isEnding = false
    /// One for all links: each is done with its bytes before the next one reads.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Reactor.readSize, alignment: 16)

    /// Starts the thread, which holds on to the reactor until `stop`.
    public convenience init() throws(TransportError) {
        try self.init { SocketAddress.all(of: HostPort(host: $0, port: 0), isPassive: false) }
    }

    /// With another resolver than the system's.
    package init(
        lookup: @escaping @Sendable (_ host: String) -> Result<[SocketAddress], LinkClosure>
    ) throws(TransportError) {
        names = NameResolver(lookup)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            readBuffer.deallocate()
            throw TransportError("make a pipe")
        }
        for end in ends {
            _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        wakeRead = Descriptor(owning: ends[0])
        wakeWrite = Descriptor(owning: ends[1])
        pollSet = PollSet(wake: ends[0])
        Sockets.raiseDescriptorLimit()
        WorkerThread.start("stnet.reactor") { [self] in loop() }
    }

    deinit { readBuffer.deallocate() }

    /// Ends the thread; every connection is closed as `local`, what is queued on it is not sent any more. Returns when
    /// that is done. Links made afterwards are closed at once.
    public func stop() {
        lock.withLock {
            precondition(
                runner.map { pthread_equal($0, pthread_self()) == 0 } ?? true, "a reactor cannot wait for its own end")
            isStopping = true
        }
        wake()
        stopped.wait()
        // For the next one who waits.
        stopped.signal()
    }

    /// Runs a closure on the reactor's thread, in the order of the calls.
    func perform(_ command: @escaping @Sendable () -> Void) {
        let isLate = lock.withLock {
            if !isFinished { commands.append(command) }
            return isFinished
        }
        if isLate { afterwards.async(execute: command) } else { wake() }
    }

    /// Holds on to a member until `remove`. Where the reactor has ended the member is stopped instead.
    func add(_ member: any ReactorMember) {
        if isEnding { return member.stop() }
        pollSet.add(member)
    }

    func remove(_ member: any ReactorMember) { pollSet.remove(member) }
    /// To be called after anything that changes what a member waits for.
    func update(_ member: any ReactorMember) { pollSet.update(member) }

    /// Nanoseconds on a clock that nobody sets.
    static func now() -> UInt64 { DispatchTime.now().uptimeNanoseconds }
    static func now(plus seconds: Double) -> UInt64 { now() + UInt64(max(0, seconds) * 1e9) }

    private func wake() {
        let needsByte = lock.withLock {
            defer { hasWoken = true }
            return !hasWoken
        }
        guard needsByte else { return }
        var byte: UInt8 = 1
        // A full pipe wakes as well.
        _ = SystemCall.run { write(wakeWrite.number, &byte, 1) }
    }

    private func loop() {
        lock.withLock { runner = pthread_self() }
        while true {
            let (todo, isLast) = takeCommands()
            for command in todo { command() }
            if isLast { break }
            wait()
        }
        isEnding = true
        for member in pollSet.members { member.stop() }
        while let todo = takeLastCommands() { for command in todo { command() } }
        stopped.signal()
    }

    private func takeCommands() -> ([@Sendable () -> Void], isLast: Bool) {
        lock.withLock {
            defer {
                commands = []
                hasWoken = false
            }
            return (commands, isStopping)
        }
    }

    /// nil when there is none; from then on no thread adds one.
    private func takeLastCommands() -> [@Sendable () -> Void]? {
        lock.withLock {
            defer { commands = [] }
            if commands.isEmpty { isFinished = true }
            return commands.isEmpty ? nil : commands
        }
    }

    private func wait() {
        let ready = pollSet.wait()
        if ready.hasWoken { emptyPipe() }
        for (member, events) in ready.members where pollSet.contains(member) {
            // One that was handled before it may have removed it.
            member.ready(events)
        }
        let now = Reactor.now()
        for member in pollSet.overdue(at: now) where pollSet.contains(member) && member.deadline <= now {
            member.timedOut()
        }
    }

    private func emptyPipe() {
        var bytes: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &bytes) { buffer in
            while case .done(buffer.count) = SystemCall.run({ read(wakeRead.number, buffer.baseAddress, buffer.count) })
            {}
        }
    }
}

/// Who has a socket on a reactor. All calls come on its thread; `update` follows whatever changes the first two.
protocol ReactorMember: AnyObject {
    /// The descriptor and the poll events that matter now; nil for none.
    var interest: (descriptor: Int32, events: Int16)? { get }
    /// On the reactor's clock; `UInt64.max` for none.
    var deadline: UInt64 { get }
    func ready(_ events: Int16)
    func timedOut()
    func stop()
}
