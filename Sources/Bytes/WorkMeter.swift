import Dispatch

/// Counts a long piece of work and tells whoever watches how far it is, a few times a second. Any thread may count.
///
/// What takes long may lie deep in a library (a file of a hundred thousand annotations), and who shows it is the program: so
/// a program sets `observe` once, and where nobody did, nothing is told.
public final class WorkMeter: @unchecked Sendable {
    public typealias Observer = @Sendable (Work) -> Void

    private static let seconds = 0.2
    nonisolated(unsafe) private static var observer: Observer?
    private static let observing = Lock()

    private let show: Observer?
    private let now: @Sendable () -> Double
    private let lock = Lock()
    private var work: Work
    private let start: Double
    private var shown: Double

    /// Begins. `show` and `now` (seconds of a clock that does not go back) are for tests.
    public init(
        _ name: String, of total: Int? = nil, _ unit: String, show: Observer? = nil,
        now: @escaping @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
    ) {
        self.show = show ?? Self.observing.withLock { Self.observer }
        self.now = now
        work = Work(name, of: total, unit)
        start = now()
        shown = start
    }

    /// The program's: is told of all work that begins from now on, on whatever thread it goes on, and returns at once.
    public static func observe(_ observer: @escaping Observer) { observing.withLock { self.observer = observer } }

    /// So much more is done.
    public func advance(by count: Int = 1) {
        guard let show else { return }
        let state: Work? = lock.withLock {
            work.done += count
            let time = now()
            guard time - shown >= Self.seconds else { return nil }
            shown = time
            work.seconds = time - start
            return work
        }
        if let state { show(state) }
    }

    /// All is done, or it was given up. What is told then is the last.
    public func end() {
        guard let show else { return }
        let state: Work? = lock.withLock {
            guard !work.isOver else { return nil }
            work.isOver = true
            work.seconds = now() - start
            return work
        }
        if let state { show(state) }
    }

    /// Work that ends with an error ends, too.
    deinit { end() }
}
