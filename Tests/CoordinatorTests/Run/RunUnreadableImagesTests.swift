import Protocol
import Testing

@testable import Coordinator

/// An image that the coordinator cannot open for a node that has none.
@Suite struct RunUnreadableImagesTests {
    private func unreadable(_ session: Int, mayPass: Bool = true) -> RunEvent {
        .imageUnreadable(
            session: session, image: 3, reason: "3.jpg: cannot read: Too many open files", mayPass: mayPass)
    }

    private struct Sent: Equatable {
        var again = 0
        var missing = 0
    }

    private func sent(_ actions: [RunAction], to session: Int) -> Sent {
        var sent = Sent()
        for action in actions {
            if case .sendImage(session, 3) = action { sent.again += 1 }
            if case .sendMissing(session, 3) = action { sent.missing += 1 }
        }
        return sent
    }

    /// What is sent to the node once its image cannot be opened.
    private func answer(_ bench: inout RunBench, _ session: Int, mayPass: Bool = true) -> Sent {
        sent(bench.hear(unreadable(session, mayPass: mayPass)), to: session)
    }

    @Test func itIsToldOnceAndTriedAgainForTenSeconds() throws {
        var bench = try RunBench(images: 4)
        let a = try bench.join("a", at: "p")
        var tries = 0
        while tries < 100, sent(bench.actions, to: a).missing == 0 {
            bench.hear(unreadable(a))
            let before = sent(bench.actions, to: a)
            if before.missing > 0 { break }
            bench.pass(seconds: 0.6)
            #expect(sent(bench.actions, to: a).again == before.again + 1, "twice a second")
            tries += 1
        }
        #expect((16...20).contains(tries), "\(tries)")
        #expect(
            bench.notes.filter { $0.hasPrefix("image unreadable") } == [
                "image unreadable: d0: 3.jpg: cannot read: Too many open files"
            ])
        bench.pass(seconds: 5)
        #expect(sent(bench.actions, to: a).missing == 1 && sent(bench.actions, to: a).again == tries)
    }

    @Test func whatOnlyAPersonCanMendIsToldToTheNodeAtOnce() throws {
        var bench = try RunBench(images: 4)
        let a = try bench.join("a", at: "p")
        let answered = answer(&bench, a, mayPass: false)
        #expect(answered == Sent(missing: 1))
        #expect(bench.isSaid("image unreadable"))
    }

    /// The time is the image's, and not each node's.
    @Test func theNextNodeLearnsAtOnce() throws {
        var bench = try RunBench(images: 4)
        let (a, b) = try (bench.join("a", at: "p"), bench.join("b", at: "q"))
        bench.hear(unreadable(a))
        bench.pass(seconds: 11)
        var answered = answer(&bench, a)
        #expect(answered == Sent(again: 0, missing: 1))
        answered = answer(&bench, b)
        #expect(answered == Sent(again: 0, missing: 1))
        // An hour later it is another trouble.
        bench.pass(seconds: 100)
        answered = answer(&bench, b)
        #expect(answered == Sent(again: 0, missing: 0))
        #expect(bench.notes.count { $0.hasPrefix("image unreadable") } == 2)
    }

    @Test func whoHasLeftIsSentNothing() throws {
        var bench = try RunBench(images: 4)
        let a = try bench.join("a", at: "p")
        bench.hear(unreadable(a))
        bench.end(a)
        bench.pass(seconds: 2)
        #expect(sent(bench.actions, to: a) == Sent())
        let decided = bench.hear(unreadable(a))
        #expect(decided.isEmpty)
    }
}
