import Dispatch
import Jobs
import Node
import Protocol
import Testing

@Suite struct RemoteImagesTests {
    @Test func bytesFromTheCoordinatorGiveTheSameResults() throws {
        let small = try SmallJob()
        let bench = try Bench(small, images: .remote)
        let coordinator = TestCoordinator(bench)
        let description = try coordinator.ready(small.job(samples: [small.entries[0].id]))
        #expect(description.images == nil && description.samples == [])
        coordinator.send(.lease(small.lease(1, 0..<5)), .lease(small.lease(2, 5..<7)))
        var results: [UInt64: [ImageResult]] = [:]
        var done: [UInt64] = []
        while done.count < 2 {
            switch try coordinator.message() {
            case .wantImage(let index):
                let bytes = try small.bytes(of: small.entries[Int(index)].id)
                for start in stride(from: 0, to: bytes.count, by: 1000) {
                    coordinator.send(
                        .image(
                            ImageChunk(
                                index: index, totalBytes: UInt64(bytes.count), offset: UInt64(start),
                                bytes: Array(bytes[start..<min(start + 1000, bytes.count)]))))
                }
            case .results(let lease, let batch): results[lease, default: []] += batch
            case .leaseDone(let lease): done.append(lease)
            case let other: throw TestCoordinator.Unexpected(message: other)
            }
        }
        #expect(try results[1] == small.expected(0..<5))
        #expect(try results[2] == small.expected(5..<7))
    }

    @Test func anImageThatTheCoordinatorHasNotEitherFailsAlone() throws {
        let small = try SmallJob(pictures: 1)
        let coordinator = TestCoordinator(try Bench(small, images: .remote))
        try coordinator.ready(small.job())
        coordinator.send(.lease(small.lease(1, 0..<1)))
        #expect(try coordinator.message() == .wantImage(index: 0))
        coordinator.send(.image(ImageChunk(index: 0, totalBytes: ImageChunk.missing, offset: 0, bytes: [])))
        let failure = ImageFailure(.unavailable, "no image file has this stem")
        #expect(try coordinator.results(of: 1).map(\.failure) == [failure])
    }

    @Test func aLinkThatEndsLeavesNobodyWaiting() throws {
        let small = try SmallJob(pictures: 2)
        let bench = try Bench(small, images: .remote)
        let first = TestCoordinator(bench)
        try first.ready(small.job())
        first.send(.lease(small.lease(1, 0..<2)))
        #expect(try first.message() == .wantImage(index: 0))
        first.close()
        while try first.message() != nil {}
        // The device waited for the first one's images.
        try TestCoordinator(bench).ready(small.job())
    }

    @Test(arguments: [
        (ImageChunk(index: 7, totalBytes: 9, offset: 0, bytes: [1]), "not asked for"),
        (ImageChunk(index: 0, totalBytes: 9, offset: 1, bytes: [1]), "expected those at 0"),
        (ImageChunk(index: 0, totalBytes: 0, offset: 0, bytes: [1]), "1 bytes at 0 of 0"),
        (ImageChunk(index: 0, totalBytes: 9, offset: 0, bytes: []), "0 bytes at 0 of 9"),
        (ImageChunk(index: 0, totalBytes: 9, offset: .max, bytes: [1]), "expected those at 0"),
    ])
    func partsOutOfOrderEndTheConnection(chunk: ImageChunk, text: String) throws {
        let small = try SmallJob(pictures: 1)
        let coordinator = TestCoordinator(try Bench(small, images: .remote))
        try coordinator.ready(small.job())
        coordinator.send(.lease(small.lease(1, 0..<1)))
        #expect(try coordinator.message() == .wantImage(index: 0))
        coordinator.send(.image(chunk))
        guard case .failed(let reason) = try coordinator.message() else { throw TestCoordinator.Silence() }
        #expect(reason.contains(text), "\(reason)")
    }

    /// Reads images of these sizes with a window of three images and 100 bytes; gives the order in which they were
    /// asked for and the most that were on their way at a time.
    private func read(sizes: [Int]) throws -> (
        asked: [UInt32], largest: Int, files: [Result<ImageFile, ImageFailure>]
    ) {
        let mailbox = Mailbox<UInt32>()
        let remote = RemoteImages(window: 3, windowBytes: 100) { mailbox.post($0) }
        let leased = sizes.indices.map { LeasedImage(index: UInt32($0), id: "i\($0)", label: 0, boxes: []) }
        let reading = Reading {
            var files: [Result<ImageFile, ImageFailure>] = []
            while files.count < leased.count { files += remote.read(Array(leased[files.count...])) }
            return files
        }
        var asked: [UInt32] = []
        var waiting: [UInt32] = []
        var largest = 0
        while reading.isRunning || !waiting.isEmpty {
            let new = mailbox.take(until: .now() + DispatchTimeInterval.milliseconds(10))
            asked += new
            waiting += new
            largest = max(largest, waiting.count)
            if asked.count < min(3, sizes.count) { continue }  // the first window, whole
            // The first halves of all, then their second ones: as much as can be is on its way at a time.
            let now = waiting
            waiting = []
            for index in now where sizes[Int(index)] > 1 { try accept(remote, index, sizes, 0..<sizes[Int(index)] / 2) }
            for index in now {
                let size = sizes[Int(index)]
                try accept(remote, index, sizes, (size > 1 ? size / 2 : 0)..<size)
            }
        }
        return (asked, largest, reading.files)
    }

    private func accept(_ remote: RemoteImages, _ index: UInt32, _ sizes: [Int], _ range: Range<Int>) throws {
        try remote.accept(
            ImageChunk(
                index: index, totalBytes: UInt64(sizes[Int(index)]), offset: UInt64(range.lowerBound),
                bytes: range.map { UInt8(truncatingIfNeeded: $0) }))
    }

    @Test func onlyAWindowIsAskedForAtATime() throws {
        let (asked, largest, files) = try read(sizes: Array(repeating: 4, count: 20) + [0])
        #expect(asked == Array(0..<21))
        #expect(largest <= 3)
        #expect(files.map { try? $0.get().bytes.count } == Array(repeating: 4, count: 20) + [0])
        #expect(try files[4].get().name == "i4")
    }

    @Test func whatHasNoRoomIsAskedForAgain() throws {
        let sizes = [60, 70, 30, 100, 101, 5]
        let (asked, _, files) = try read(sizes: sizes)
        #expect(asked.filter { $0 == 1 }.count == 2, "60 + 70 bytes do not fit 100")
        for (index, file) in files.enumerated() where index != 4 {
            #expect(try file.get().bytes == (0..<sizes[index]).map { UInt8($0) })
        }
        guard case .failure(let failure) = files[4] else { throw TestCoordinator.Silence() }
        #expect(failure.kind == .unavailable && failure.text.contains("101 bytes"))
    }

    @Test func whatIsCompleteCountsToo() throws {
        let remote = RemoteImages(window: 64, windowBytes: 100) { _ in }
        let leased = (0..<5).map { LeasedImage(index: UInt32($0), id: "i\($0)", label: 0, boxes: []) }
        func counts(_ images: ArraySlice<LeasedImage>, sizes: [Int], order: [UInt32]) throws -> Int {
            let reading = Reading { remote.read(Array(images)) }
            for index in order {
                while true {
                    // Until it is asked for.
                    do { try accept(remote, index, sizes, 0..<sizes[Int(index)]) } catch { continue }
                    break
                }
            }
            while reading.isRunning {}
            return reading.files.count
        }
        // The third one comes when 80 are complete: the two before it are given, and it again with the rest.
        #expect(try counts(leased[...], sizes: [40, 40, 40, 10, 10], order: [0, 1, 2, 3, 4]) == 2)
        #expect(try counts(leased[2...], sizes: [40, 40, 40, 10, 10], order: [2, 3, 4]) == 3)
        // The first has no room because of those behind it, which go before it.
        #expect(try counts(leased[...], sizes: [90, 10, 10, 5, 5], order: [4, 3, 2, 1, 0, 0]) == 1)
    }
}
