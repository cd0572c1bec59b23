import Coordinator
import Testing

@Suite struct ScheduleTests {
    @Test func leasesFollowTheManifestAndCoverItOnce() {
        var schedule = SimpleSchedule(images: 10)
        var seen: [Int] = []
        while let (id, images) = schedule.lease(size: 4) {
            for image in images { #expect(schedule.accept(image: image) == .accepted) }
            schedule.finish(lease: id)
            seen += images
        }
        #expect(seen == Array(0..<10))
        #expect(schedule.isComplete && schedule.remaining == 0 && schedule.outstandingLeases == 0)
        #expect(schedule.attempts == 10)
    }

    @Test func whatALostLeaseDidNotBringIsLeasedAgainFirst() throws {
        var schedule = SimpleSchedule(images: 6)
        let (first, images) = try lease(&schedule, 3)
        #expect(images == [0, 1, 2])
        #expect(schedule.accept(image: 1) == .accepted)
        #expect(schedule.finish(lease: first) == 2)
        let (_, again) = try lease(&schedule, 3)
        #expect(again == [0, 2, 3])
        #expect(schedule.remaining == 5)
    }

    @Test func aSecondResultIsADuplicateAndAnUnleasedOneIsRefused() throws {
        var schedule = SimpleSchedule(images: 3)
        for image in [0, 3, -1] { #expect(schedule.accept(image: image) == .refused) }
        _ = try lease(&schedule, 1)
        #expect(schedule.accept(image: 0) == .accepted)
        #expect(schedule.accept(image: 0) == .duplicate)
        #expect(schedule.remaining == 2)
    }

    @Test func aFinishedLeaseCannotBeFinishedAgain() throws {
        var schedule = SimpleSchedule(images: 2)
        let (id, _) = try lease(&schedule, 2)
        #expect(schedule.finish(lease: id) == 2)
        #expect(schedule.finish(lease: id) == 0)
        #expect(try lease(&schedule, 9).images == [0, 1])
    }

    private func lease(_ schedule: inout SimpleSchedule, _ size: Int) throws -> (id: UInt64, images: [Int]) {
        let lease = schedule.lease(size: size)
        return try #require(lease)
    }
}
