import Coordinator
import Foundation
import Synchronization
import Testing

/// The directories are looked at on a thread of their own.
@Suite struct FleetWatcherTests {
    /// Files on a server that answers when it is told to.
    private final class Server: EndpointSource {
        private let answers = DispatchSemaphore(value: 0)
        private let looks = Mutex<[Bool]>([])

        /// Whether each look was to read everything.
        var forced: [Bool] { looks.withLock { $0 } }

        func answer() { answers.signal() }

        func refresh(isForced: Bool) -> EndpointChanges? {
            let number = looks.withLock {
                $0.append(isForced)
                return $0.count
            }
            answers.wait()
            return EndpointChanges(added: [], removed: ["look \(number)"], problems: [])
        }
    }

    private final class Told: Sendable {
        private let names = Mutex<[String]>([])
        var all: [String] { names.withLock { $0 } }
        func add(_ changes: EndpointChanges) { names.withLock { $0 += changes.removed } }
    }

    private func wait(_ condition: () -> Bool) -> Bool {
        let end = DispatchTime.now() + 30
        while !condition() {
            if DispatchTime.now() > end { return false }
            usleep(1000)
        }
        return true
    }

    @Test func aServerThatDoesNotAnswerHoldsUpNobody() {
        let server = Server()
        let told = Told()
        let watcher = FleetWatcher(server, intervalMilliseconds: 3_600_000) { told.add($0) }
        #expect(wait { server.forced == [false] })
        // Not one of these waits; all of them are one look, once the first has come back.
        for _ in 0..<1000 { watcher.look() }
        #expect(told.all == [] && server.forced == [false])
        server.answer()
        #expect(wait { server.forced == [false, true] })
        #expect(told.all == ["look 1"])
        watcher.stop()
        server.answer()
        #expect(wait { told.all == ["look 1", "look 2"] })
        usleep(20_000)
        #expect(server.forced.count == 2)
    }

    @Test func itLooksAgainAndAgain() {
        let server = Server()
        for _ in 0..<5 { server.answer() }
        let watcher = FleetWatcher(server, intervalMilliseconds: 1) { _ in }
        #expect(wait { server.forced.count == 6 })
        #expect(server.forced.allSatisfy { !$0 })
        watcher.stop()
        server.answer()
    }
}
