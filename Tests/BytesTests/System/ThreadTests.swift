import Bytes
import Foundation
import Testing

@Suite struct ThreadTests {
    /// More increments than would come out right without a lock.
    private final class Counter: @unchecked Sendable {
        let lock = Lock()
        let condition = Condition()
        var count = 0
        var ended = 0
    }

    @Test func oneAtATimeAndAllAreWaitedFor() {
        let counter = Counter()
        for number in 0..<8 {
            WorkerThread.start("stnet.a-name-that-is-too-long.\(number)", stackBytes: number == 0 ? 512 << 10 : nil) {
                for _ in 0..<20_000 { counter.lock.withLock { counter.count += 1 } }
                counter.condition.withLock {
                    counter.ended += 1
                    counter.condition.broadcast()
                }
            }
        }
        counter.condition.withLock { while counter.ended < 8 { counter.condition.wait() } }
        #expect(counter.lock.withLock { counter.count } == 160_000)
    }

    @Test func theEnvironmentIsThisProcesss() {
        #expect(Environment.variables == ProcessInfo.processInfo.environment)
    }
}
