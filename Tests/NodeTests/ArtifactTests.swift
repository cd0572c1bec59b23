import Bytes
import Dataset
import Foundation
import Jobs
import Node
import Protocol
import SelectiveTuning
import Testing

@Suite struct ArtifactTests {
    private func file(_ index: UInt32, bytes: Int) -> Artifact {
        Artifact(index: index, kind: .scoreMap, bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 / 1000) })
    }

    @Test func aFileGoesInPartsThatMakeItUpAgain() {
        let sent = Sent()
        let sender = ArtifactSender { sent.append($0) }
        let large = file(3, bytes: WireLimits.chunk * 2 + 5)
        sender.send(large, lease: 9)
        #expect(sent.chunks.map(\.bytes.count) == [WireLimits.chunk, WireLimits.chunk, 5])
        #expect(sent.chunks.map(\.offset) == [0, UInt32(WireLimits.chunk), UInt32(WireLimits.chunk * 2)])
        #expect(sent.chunks.flatMap(\.bytes) == large.bytes)
        #expect(sent.chunks.allSatisfy { $0.lease == 9 && $0.index == 3 && Int($0.totalBytes) == large.bytes.count })
    }

    /// The device waits until the coordinator has stored enough; what lies between the two is bounded.
    @Test func aSlowCoordinatorHoldsTheDeviceUp() throws {
        let sent = Sent()
        let sender = ArtifactSender { sent.append($0) }
        let bytes = WireLimits.artifactWindow / 2
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for index in 0..<4 { sender.send(self.file(UInt32(index), bytes: bytes), lease: 1) }
            done.signal()
        }
        sent.wait(bytes: 2 * bytes)
        #expect(done.wait(timeout: .now() + 0.05) == .timedOut)
        #expect(sent.bytes == 2 * bytes)
        try sender.stored(bytes: UInt64(bytes))
        sent.wait(bytes: 3 * bytes)
        #expect(done.wait(timeout: .now() + 0.05) == .timedOut)
        try sender.stored(bytes: UInt64(2 * bytes))
        done.wait()
        #expect(sent.bytes == 4 * bytes)
    }

    @Test func theEndOfTheSessionLetsTheDeviceGo() {
        let sent = Sent()
        let sender = ArtifactSender { sent.append($0) }
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            for index in 0..<3 { sender.send(self.file(UInt32(index), bytes: WireLimits.artifactWindow), lease: 1) }
            done.signal()
        }
        sent.wait(bytes: WireLimits.artifactWindow)
        sender.close()
        done.wait()
        #expect(sent.bytes == WireLimits.artifactWindow)
    }

    @Test func moreThanWasSentCannotBeStored() throws {
        let sender = ArtifactSender { _ in }
        sender.send(file(0, bytes: 100), lease: 1)
        #expect(throws: OutOfProtocol("101 bytes of artifacts stored, expected 0...100")) {
            try sender.stored(bytes: 101)
        }
        try sender.stored(bytes: 100)
        #expect(throws: OutOfProtocol("99 bytes of artifacts stored, expected 100...100")) {
            try sender.stored(bytes: 99)
        }
    }

    @Test func filesComeBeforeTheResultsOfTheirImages() throws {
        let bench = try Bench(SmallJob(pictures: 3))
        let broken = bench.small.entries[1].id
        try AtomicFile.write(path: bench.small.path("images/\(broken).JPEG"), text: "no picture")
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job(options: ["exe-mode": "bbox_viz", "maps": "raw", "map-bottom": "p1"]))
        coordinator.send(.lease(bench.small.lease(4, 0..<3)))
        var order: [String] = []
        loop: while let message = try coordinator.message() {
            switch message {
            case .artifact(let chunk): order.append("\(chunk.kind) \(chunk.index)")
            case .results(4, let results): order += results.map { "result \($0.index)" }
            case .leaseDone: break loop
            default: continue
            }
        }
        // The broken picture has no files. How results are put together into messages is a matter of time.
        #expect(order.filter { $0.hasPrefix("result") } == ["result 0", "result 1", "result 2"])
        #expect(
            order.filter { !$0.hasPrefix("result") } == ["boxPicture 0", "scoreMap 0", "boxPicture 2", "scoreMap 2"])
        for image in [0, 2] {
            let result = try #require(order.firstIndex(of: "result \(image)"))
            #expect(try #require(order.firstIndex(of: "scoreMap \(image)")) < result)
        }
    }

    @Test(arguments: [
        (["exe-mode": "viz"], "--exe-mode viz: expected bbox_eval, bbox_viz, ch_viz"),
        (["exe-mode": "ch_viz", "map-bottom": "p7"], "p7"),
        (["maps": "raw"], "maps without the read-out"), (["map-metrics": "true"], "maps without the read-out"),
        (["pixel-thresholds": "10"], "pixel-thresholds without map-metrics"),
        (
            ["map-metrics": "true", "pixel-thresholds": "1001"],
            "--pixel-thresholds 1001: expected a whole number, 1...1000"
        ),
        (["overlay": "yes"], "--overlay yes: expected true or false"),
    ])
    func aJobThatCannotMakeItsFilesIsRefused(options: [String: String], part: String) throws {
        let bench = try Bench(SmallJob(pictures: 1))
        let refusal = try TestCoordinator(bench).refusal(of: bench.small.job(options: options))
        #expect(refusal.code == .job && refusal.reason.contains(part), "\(refusal.reason)")
    }

    @Test func anInputTooLargeForItsPictureIsSaidSo() {
        #expect(ArtifactOptions(mode: .hypothesisPictures, overlay: true).problem(inputSize: 299) == nil)
        let problem = ArtifactOptions(mode: .hypothesisPictures, overlay: true).problem(inputSize: 512)
        #expect(problem?.hasPrefix("a file of an input of 512x512 pixels may have 7") == true, "\(problem ?? "")")
        #expect(ArtifactOptions(mode: .hypothesisPictures).problem(inputSize: 512) == nil, "256 colours take a third")
        #expect(ArtifactOptions().problem(inputSize: 100_000) == nil)
    }

    /// What a sender gave out.
    private final class Sent: @unchecked Sendable {
        private let condition = NSCondition()
        private var messages: [ArtifactChunk] = []

        func append(_ message: NodeMessage) {
            guard case .artifact(let chunk) = message else { return }
            condition.withLock {
                messages.append(chunk)
                condition.broadcast()
            }
        }

        var chunks: [ArtifactChunk] { condition.withLock { messages } }
        var bytes: Int { chunks.reduce(0) { $0 + $1.bytes.count } }

        func wait(bytes: Int) {
            condition.withLock {
                while messages.reduce(0, { $0 + $1.bytes.count }) < bytes { condition.wait() }
            }
        }
    }
}
