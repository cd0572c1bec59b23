import Foundation
import Protocol
import Testing

@Suite("Transport: reactor", .timeLimit(.minutes(2)))
struct ReactorTests {
    /// Two descriptors a link in one process: more than the 1,024 that many systems allow at first.
    @Test func sixHundredLinksLiveOnOneReactor() throws {
        let count = 600
        let server = try TestServer { link, event in
            if case .message(.cancel(let lease)) = event { link.send(.leaseDone(lease)) }
        }
        var clients: [(TestServer.CoordinatorLink, Recorder<NodeMessage>)] = []
        // In groups, for the sake of the queue of the listening socket.
        for _ in 0..<count / 12 {
            let group = (0..<12).map { _ in server.connect() }
            for (_, recorder) in group { #expect(recorder.isOpened) }
            clients += group
        }
        for round in 0..<UInt64(3) {
            for (index, client) in clients.enumerated() { client.0.send(.cancel(lease: round << 32 | UInt64(index))) }
        }
        for (index, client) in clients.enumerated() {
            #expect(client.1.messages(3) == (0..<UInt64(3)).map { .leaseDone($0 << 32 | UInt64(index)) })
        }
        for client in clients { client.0.close() }
        for client in clients { #expect(client.1.closure() == .local) }
    }

    @Test func stopWhileTrafficFlowsEndsEveryLinkOnce() throws {
        let server = try TestServer { link, event in
            if case .message(.cancel(let lease)) = event { link.send(.leaseDone(lease)) }
        }
        let clients = (0..<8).map { _ in server.connect() }
        for (_, recorder) in clients { #expect(recorder.isOpened) }
        let senders = Thread.detached(clients.count) { index in
            let (link, recorder) = clients[index]
            for lease in UInt64(0)... {
                link.send(.cancel(lease: lease))
                guard lease % 64 == 63 else { continue }
                _ = recorder.wait { $0.count > lease / 2 || $0.last?.closure != nil }
                if recorder.events.last?.closure != nil { break }
            }
        }
        for (_, recorder) in clients { #expect(recorder.messages(200).count >= 200) }
        server.reactor.stop()
        for (link, recorder) in clients {
            #expect(recorder.events.closures == [.local])
            #expect(recorder.events.last?.closure == .local)
            #expect(link.backlog == 0)
        }
        senders.wait()
    }

    @Test func stopMayBeCalledTwiceAndFromSeveralThreads() throws {
        let reactor = try Reactor()
        let stopped = Mailbox<Int>()
        DispatchQueue.concurrentPerform(iterations: 4) { number in
            reactor.stop()
            stopped.post(number)
        }
        reactor.stop()
        #expect(stopped.take(until: .now()).sorted() == [0, 1, 2, 3])
    }

    @Test func aLinkMadeAfterTheReactorsEndIsClosedAtOnce() throws {
        let server = try TestServer()
        server.reactor.stop()
        let (link, recorder) = server.connect()
        #expect(recorder.closure() == .local)
        link.send(.ping)
        #expect(link.backlog == 0)
        let ends = try socketPair()
        let peer = RawPeer(descriptor: ends.1)
        let other = Recorder<CoordinatorMessage>()
        _ = TCPLink<NodeMessage, CoordinatorMessage>.adopt(
            ends.0, role: .node, trust: server.trust, reactor: server.reactor, deliver: other.deliver)
        #expect(other.closure() == .local)
        #expect(peer.readToEnd() == .end)
    }
}

extension Thread {
    /// Runs a closure on so many threads; the group is done when all are.
    static func detached(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> DispatchGroup {
        let group = DispatchGroup()
        for index in 0..<count {
            group.enter()
            Thread {
                body(index)
                group.leave()
            }.start()
        }
        return group
    }
}
