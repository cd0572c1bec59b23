import Dispatch
import Foundation
import Protocol
import Testing

/// Which names are looked up at a time; a clock of the test's own, no threads.
@Suite("Transport: the queue of names")
struct NameQueueTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func aNameIsLookedUpOnceAtATime() {
        var queue = NameQueue()
        #expect(queue.ask("a", at: 0) == ["a"])
        for _ in 0..<100 { #expect(queue.ask("a", at: 0).isEmpty) }
        #expect(queue.runningCount == 1 && queue.waitingCount == 0)
        #expect(queue.ended("a", at: 1).isEmpty)
        #expect(queue.ask("a", at: 2) == ["a"])
    }

    /// Hundreds of names whose server is dead, and one that would be answered at once.
    @Test func aDeadServerHoldsUpNeitherGoodNamesNorMemory() {
        var queue = NameQueue()
        let dead = (0..<300).map { "dead\($0)" }
        var running: Set<String> = []
        for name in dead { running.formUnion(queue.ask(name, at: 0)) }
        #expect(running.count == NameQueue.quick)
        #expect(queue.ask("good", at: 0).isEmpty, "it waits for those that have just begun")
        queue.forget("good")
        // They are asked for again and again, and nobody answers: the threads stay bounded.
        for round in 1..<15 as Range<UInt64> {
            for name in dead { running.formUnion(queue.ask(name, at: round * Self.second)) }
            #expect(queue.runningCount == running.count && running.count <= NameQueue.most)
            #expect(queue.waitingCount <= 300)
        }
        #expect(running.count == NameQueue.most)
        // Each ends without an answer in the end; those that waited begin in their places.
        var now = 20 * Self.second
        while let name = running.popFirst() {
            now += 2 * Self.second
            running.formUnion(queue.ended(name, at: now))
        }
        #expect(queue.runningCount == 0 && queue.waitingCount == 0)
        // From then on they never take the places of those that are answered.
        for name in dead { running.formUnion(queue.ask(name, at: now)) }
        #expect(running.count == NameQueue.quick)
        #expect(queue.ask("good", at: now) == ["good"])
        #expect(queue.ended("good", at: now + 1).isEmpty)
    }

    /// Those that have been waiting for a second are stuck, and do not count.
    @Test func lookupsThatAreStuckMakeRoom() {
        var queue = NameQueue()
        for number in 0..<NameQueue.quick { _ = queue.ask("dead\(number)", at: 0) }
        #expect(queue.ask("good", at: Self.second / 2).isEmpty)
        #expect(queue.ask("other", at: 2 * Self.second) == ["good", "other"])
    }
}

/// The same with threads: a resolver that never answers for some names.
@Suite("Transport: a dead name server", .timeLimit(.minutes(2)))
struct DeadNameServerTests {
    private final class Resolver: @unchecked Sendable {
        private let lock = NSLock()
        private var asked: [String] = []
        private let end = DispatchSemaphore(value: 0)

        var names: [String] { lock.withLock { asked } }

        func look(_ host: String) -> Result<[SocketAddress], LinkClosure> {
            lock.withLock { asked.append(host) }
            if host.hasPrefix("dead") {
                end.wait()
                end.signal()
                return .failure(.unreachable("nobody answers"))
            }
            return .success([SocketAddress.numeric(HostPort(host: "127.0.0.1", port: 1))!])
        }

        func release() { end.signal() }
    }

    @Test func goodHostsConnectAndNothingPilesUp() throws {
        let server = try TestServer()
        let resolver = Resolver()
        let reactor = try Reactor { resolver.look($0) }
        defer {
            resolver.release()
            reactor.stop()
        }
        func connect(_ host: String, timeoutSeconds: Double) -> Recorder<NodeMessage> {
            let recorder = Recorder<NodeMessage>()
            _ = TestServer.CoordinatorLink.connect(
                to: HostPort(host: host, port: server.listener.port), trust: server.trust, reactor: reactor,
                timeoutSeconds: timeoutSeconds, deliver: recorder.deliver)
            return recorder
        }
        for _ in 0..<3 {
            let recorders = (0..<20).map { connect("dead\($0)", timeoutSeconds: 0.05) }
            for recorder in recorders {
                guard case .unreachable(let reason) = recorder.closure() else { throw TestFailure("not given up") }
                #expect(reason.contains("could not be looked up in time"))
            }
        }
        #expect(Set(resolver.names).count == 20 && resolver.names.count == 20, "one lookup a name is on its way")
        #expect(connect("good", timeoutSeconds: 10).isOpened)
        // An address needs no resolver at all.
        #expect(connect("127.0.0.1", timeoutSeconds: 10).isOpened)
        #expect(!resolver.names.contains("127.0.0.1"))
    }
}
