import Coordinator
import Protocol
import Testing

/// Single decisions of the schedule; what holds in all of them together is the simulation's to find out.
@Suite struct ScheduleTests {
    private static let second: Microseconds = 1_000_000

    private func orders(_ actions: [Schedule.Action]) -> [Schedule.Order] {
        actions.compactMap { if case .lease(let order) = $0 { order } else { nil } }
    }

    private func join(_ schedule: inout Schedule, _ name: String, instance: UInt64 = 1, at now: Microseconds) throws
        -> (node: Int, orders: [Schedule.Order])
    {
        let (node, actions) = try schedule.join(name: name, instance: instance, batch: 1, now: now)
        return (node, orders(actions))
    }

    /// A node that has shown that it works, by a result of another image.
    private func proven(_ schedule: inout Schedule, _ name: String, at now: Microseconds) throws -> (
        Int, Schedule.Order
    ) {
        let (node, orders) = try join(&schedule, name, at: now)
        let order = try #require(orders.first)
        let image = try #require(order.images.last)
        _ = schedule.succeeded(image: image, lease: order.id, node: node, now: now)
        return (node, order)
    }

    @Test func lossesAndFailuresTogetherAreThreeAttemptsAndNotFour() throws {
        var schedule = Schedule(images: 3)
        for (place, name) in ["first", "second"].enumerated() {
            let (node, order) = try proven(&schedule, name, at: 0)
            #expect(order.images.first == 0 && order.attempt == place + 1)
            _ = schedule.lost(node: node, now: 0)
        }
        #expect(schedule.attempts(of: 0) == 2)
        let (third, orders) = try join(&schedule, "lacking", at: 0)
        let order = try #require(orders.first)
        #expect(order.images == [0] && order.attempt == 3)
        let (disposition, actions) = schedule.failed(image: 0, kind: .unavailable, lease: order.id, node: third, now: 0)
        #expect(disposition == .noted)
        #expect(actions.contains(.giveUp(image: 0, .failed)))
        #expect(schedule.state(of: 0) == .failed && schedule.isComplete)
        #expect(try join(&schedule, "whole", at: 0).orders.isEmpty)
    }

    /// One that dies with every lease, and is back at once, beside a healthy one: no image is the worse for it.
    @Test func aNodeThatLosesWhateverItIsGivenCostsNoImage() throws {
        var schedule = Schedule(images: 100)
        var now: Microseconds = 0
        let (healthy, first) = try join(&schedule, "healthy", at: now)
        var held = first
        var rounds = 0
        while !schedule.isComplete, rounds < 1000 {
            rounds += 1
            now += Self.second
            let (crashing, orders) = try join(&schedule, "crashing", instance: UInt64(rounds), at: now)
            held += (orders + self.orders(schedule.lost(node: crashing, now: now))).filter { $0.node == healthy }
            // Even where the healthy one is slow.
            guard rounds % 3 == 0, !held.isEmpty else { continue }
            let order = held.removeFirst()
            for image in order.images { _ = schedule.succeeded(image: image, lease: order.id, node: healthy, now: now) }
            held += self.orders(schedule.ended(lease: order.id, node: healthy, now: now))
        }
        #expect(schedule.isComplete && (0..<100).allSatisfy { schedule.state(of: $0) == .done })
        #expect(schedule.nodes[1].fruitless > 0, "it was given something")
        #expect(schedule.brokenInvariants().isEmpty)
    }

    /// The same image ends a healthy node again and again, also where that is the only one.
    @Test func anImageThatEndsItsNodesIsGivenUp() throws {
        var schedule = Schedule(images: 20)
        var given = 0
        for round in 0..<20 where schedule.state(of: 3) != .failed {
            let (node, orders) = try join(&schedule, "only", instance: UInt64(round), at: 0)
            var queue = orders
            while let order = queue.first, !order.images.contains(3) {
                queue.removeFirst()
                for image in order.images { _ = schedule.succeeded(image: image, lease: order.id, node: node, now: 0) }
                queue += self.orders(schedule.ended(lease: order.id, node: node, now: 0))
            }
            let actions = schedule.lost(node: node, now: 0)
            given += actions.filter { if case .giveUp = $0 { true } else { false } }.count
        }
        #expect(given == 1 && schedule.state(of: 3) == .failed && schedule.nodes[0].state != .evicted)
    }

    @Test func aDeviceThatFailsThreeTimesEndsItsNodesPart() throws {
        var schedule = Schedule(images: 100)
        for round in 1...3 {
            let (node, order) = try proven(&schedule, "n", at: 0)
            let actions = schedule.faulted(node: node, reason: "out of memory", now: 0)
            let isEvicted = actions.contains { if case .evict = $0 { true } else { false } }
            #expect(isEvicted == (round == 3))
            #expect(schedule.attempts(of: order.images[0]) == 1, "its images had an attempt, once a node")
        }
        #expect(throws: Schedule.JoinRefusal.evicted(name: "n")) { try join(&schedule, "n", at: 1) }
    }

    /// What is asked back and never comes holds nobody up.
    @Test func aLeaseAskedBackInVainIsEvaluatedElsewhere() throws {
        var schedule = Schedule(images: 16)
        let (silent, given) = try join(&schedule, "silent", at: 0)
        #expect(given.count == 2)
        let (helper, none) = try join(&schedule, "helper", at: 0)
        #expect(none.isEmpty)
        var again: Set<Int> = []
        for time in 1...40 {
            let now = Microseconds(time) * 100_000
            _ = schedule.heard(node: silent, now: now)
            for order in orders(schedule.heard(node: helper, now: now) + schedule.tick(now: now))
            where order.node == helper {
                again.formUnion(order.images)
                for image in order.images {
                    _ = schedule.succeeded(image: image, lease: order.id, node: helper, now: now)
                }
                _ = schedule.ended(lease: order.id, node: helper, now: now)
            }
        }
        #expect(again == Set(0..<16) && schedule.isComplete)
    }

    @Test func aNodeThatWasOnlySilentIsForgivenAlsoOverASecondConnection() throws {
        var schedule = Schedule(images: 2)
        let (node, _) = try proven(&schedule, "n", at: 0)
        for time in 1...12 { _ = schedule.tick(now: Microseconds(time) * Self.second) }
        #expect(schedule.nodes[node].state == .dead && schedule.attempts(of: 0) == 1)
        // The same process comes back over another connection before the old one has ended.
        let (again, second) = try join(&schedule, "n", at: 13 * Self.second)
        #expect(again == node)
        #expect(schedule.attempts(of: 0) == 0)
        #expect(second.map(\.attempt) == [1])
    }

    @Test func anotherNodeVerifiesEverySecondImage() throws {
        var schedule = Schedule(images: 4, verifyEvery: 2)
        let (first, orders) = try join(&schedule, "first", at: 0)
        let order = try #require(orders.first)
        for image in order.images {
            _ = schedule.succeeded(image: image, lease: order.id, node: first, now: 1)
        }
        #expect(self.orders(schedule.ended(lease: order.id, node: first, now: 2)).isEmpty, "not by the same node")
        #expect(schedule.remaining == 0 && !schedule.isComplete && !schedule.canVerify && schedule.unverified == 2)
        let (second, verifying) = try join(&schedule, "second", at: 3)
        let chosen = (0..<4).filter { schedule.isToBeVerified($0) }
        #expect(verifying.flatMap(\.images).sorted() == chosen && chosen.count == 2 && schedule.canVerify)
        // A node that is lost has verified nothing.
        _ = schedule.lost(node: second, now: 4)
        #expect(!schedule.canVerify && schedule.unverified == 2)
        let (third, again) = try join(&schedule, "third", at: 5)
        for order in again {
            for image in order.images {
                #expect(schedule.succeeded(image: image, lease: order.id, node: third, now: 6).0 == .repeated)
            }
        }
        #expect(schedule.isComplete && schedule.verifications == (2, 2))
        #expect(schedule.brokenInvariants().isEmpty)
    }

    /// A node that knows N does not know at which images it is looked at.
    @Test func whichImagesAreVerifiedIsASecret() {
        func chosen(_ secret: UInt64) -> [Int] {
            let schedule = Schedule(images: 100, verifyEvery: 10, verifySecret: secret)
            return (0..<100).filter { schedule.isToBeVerified($0) }
        }
        for secret in 0..<20 as Range<UInt64> {
            #expect(chosen(secret).map { $0 / 10 } == Array(0..<10), "one of each ten")
        }
        #expect(Set((0..<200).flatMap { chosen($0) }).count == 100)
        #expect(chosen(1) == chosen(1) && chosen(1) != chosen(2))
    }

    @Test func aResumedRunVerifiesWhatWasNot() throws {
        var schedule = Schedule(images: 3, verifyEvery: 1)
        for image in 0..<3 {
            schedule.resume(done: image)
            schedule.resumeVerification(of: image, by: "first", isVerified: image == 1)
        }
        #expect(try join(&schedule, "first", at: 0).orders.isEmpty)
        #expect(try join(&schedule, "second", at: 0).orders.flatMap(\.images).sorted() == [0, 2])
        #expect(schedule.verifications == (3, 1))
    }

    @Test func anotherProcessUnderTheNameIsNoReasonToForgive() throws {
        var schedule = Schedule(images: 2)
        _ = try proven(&schedule, "n", at: 0)
        for time in 1...12 { _ = schedule.tick(now: Microseconds(time) * Self.second) }
        #expect(try join(&schedule, "n", instance: 2, at: 13 * Self.second).orders.map(\.attempt) == [2])
    }

    /// A node fails three images: two before and the last one after another node has evaluated it.
    @Test func aContradictionCountsWhenTheSuccessCameFirst() throws {
        var schedule = Schedule(images: 3)
        let (bad, given) = try join(&schedule, "bad", at: 0)
        let held = try #require(given.first)
        #expect(held.images == [0, 1, 2])
        for image in 0...1 {
            _ = schedule.failed(image: image, kind: .content, lease: held.id, node: bad, now: Self.second)
        }
        // The bad node falls silent: a good one gets everything, and then the late failure comes.
        let (good, retries) = try join(&schedule, "good", at: Self.second)
        var open = retries
        for time in 2...12 {
            let now = Microseconds(time) * Self.second
            _ = schedule.heard(node: good, now: now)
            open += orders(schedule.tick(now: now))
        }
        for order in open {
            for image in order.images {
                _ = schedule.succeeded(image: image, lease: order.id, node: good, now: 12 * Self.second)
            }
        }
        #expect(schedule.isComplete && schedule.nodes[bad].state == .dead)
        _ = schedule.heard(node: bad, now: 13 * Self.second)
        try #require(schedule.expects(image: 2, lease: held.id, node: bad))
        let actions = schedule.failed(image: 2, kind: .content, lease: held.id, node: bad, now: 13 * Self.second).1
        #expect(actions.contains { if case .evict(bad, _) = $0 { true } else { false } })
    }

    @Test func aSilentNodeThatLeavesIsTakenOffTheTotalSpeedOnce() throws {
        var schedule = Schedule(images: 1000)
        for name in ["slow", "other"] {
            let (node, given) = try join(&schedule, name, at: 0)
            let order = try #require(given.first)
            for image in order.images {
                _ = schedule.succeeded(image: image, lease: order.id, node: node, now: Self.second)
            }
            _ = schedule.ended(lease: order.id, node: node, now: Self.second)
            #expect(schedule.nodes[node].rate == 8)
        }
        for time in 2...5 {
            _ = schedule.heard(node: 1, now: Microseconds(time) * Self.second)
            _ = schedule.tick(now: Microseconds(time) * Self.second)
        }
        #expect(schedule.nodes[0].state == .suspect)
        _ = schedule.leaving(node: 0, now: 5 * Self.second)
        #expect(schedule.brokenInvariants() == [])
    }

    @Test func aStallOfTheCoordinatorIsNobodysSilence() throws {
        var schedule = Schedule(images: 100)
        let (node, given) = try join(&schedule, "n", at: 0)
        #expect(given.count == 2)
        _ = schedule.tick(now: 0)
        // Much longer than any deadline.
        let later = 1000 * Self.second
        #expect(schedule.tick(now: later).isEmpty)
        #expect(schedule.nodes[node].state == .live)
        #expect(schedule.tick(now: later + Self.second).isEmpty)
    }

    @Test func whatANodeWasGivenBehindALateLeaseIsNotLateForThat() throws {
        var schedule = Schedule(images: 100)
        let (node, given) = try join(&schedule, "n", at: 0)
        var now: Microseconds = 0
        for _ in 1...12 {
            now += Self.second
            _ = schedule.tick(now: now)
        }
        #expect(schedule.nodes[node].state == .dead)
        // It lives, and drops the lease that waited: another takes that one's place behind the late one.
        _ = schedule.heard(node: node, now: now)
        let behind = orders(schedule.ended(lease: given[1].id, node: node, now: now))
        #expect(behind.count == 1)
        // The late one goes on slowly, an image in 100 s, each within its own time.
        for image in given[0].images {
            for _ in 1...100 {
                now += Self.second
                _ = schedule.heard(node: node, now: now)
                let actions = schedule.tick(now: now)
                #expect(actions.isEmpty, "at \(now): \(actions)")
            }
            _ = schedule.succeeded(image: image, lease: given[0].id, node: node, now: now)
        }
        _ = schedule.ended(lease: given[0].id, node: node, now: now)
        #expect(schedule.nodes[node].state == .live)
    }

    /// Results that were held up come in one moment; who was measured by that would be late ever after.
    @Test func whatWasHeldUpOnItsWayMakesNoNodeFast() throws {
        var schedule = Schedule(images: 1000)
        let (node, given) = try join(&schedule, "n", at: 0)
        var open = given
        for _ in 1...6 {
            let order = open.removeFirst()
            for image in order.images {
                _ = schedule.succeeded(image: image, lease: order.id, node: node, now: 8 * Self.second)
            }
            open += orders(schedule.ended(lease: order.id, node: node, now: 8 * Self.second))
        }
        #expect(schedule.nodes[node].rate == 1)
    }

    @Test func aMissedDeadlineMakesTheSpeedUnknown() throws {
        var schedule = Schedule(images: 1000)
        let (node, given) = try join(&schedule, "n", at: 0)
        for image in given[0].images {
            _ = schedule.succeeded(image: image, lease: given[0].id, node: node, now: Self.second / 10)
        }
        let next = orders(schedule.ended(lease: given[0].id, node: node, now: Self.second / 10))
        #expect(next.map(\.images.count) == [120] && schedule.nodes[node].rate == 80)
        var isDisconnected = false
        for second in 1...130 {
            _ = schedule.heard(node: node, now: Microseconds(second) * Self.second)
            for action in schedule.tick(now: Microseconds(second) * Self.second) {
                if case .disconnect(node, _) = action { isDisconnected = true }
            }
        }
        #expect(isDisconnected)
        let again = try join(&schedule, "n", at: 131 * Self.second).orders
        #expect(again.map(\.images.count) == [8, 8] && again.map(\.deadline) == [120_000_000, 120_000_000])
    }

    @Test func stoppedItAsksBackWhatWaits() throws {
        var schedule = Schedule(images: 100)
        let (node, given) = try join(&schedule, "n", at: 0)
        #expect(schedule.stop() == [.cancel(node: node, lease: given[1].id)])
        #expect(schedule.stop().isEmpty)
        #expect(schedule.ended(lease: given[1].id, node: node, now: Self.second).isEmpty)
        #expect(!schedule.isQuiet(at: Self.second))
        for image in given[0].images {
            _ = schedule.succeeded(image: image, lease: given[0].id, node: node, now: Self.second)
        }
        _ = schedule.ended(lease: given[0].id, node: node, now: Self.second)
        #expect(schedule.isQuiet(at: Self.second) && schedule.remaining == 100 - given[0].images.count)
    }
}
