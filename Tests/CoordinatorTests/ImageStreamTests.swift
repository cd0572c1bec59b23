import Bytes
import Dataset
import Foundation
import Protocol
import Synchronization
import Testing

@testable import Coordinator

/// A node is told that an image is missing only where it is.
@Suite final class ImageStreamTests {
    private final class Recorder: Link {
        private let sent = Mutex<[ImageChunk]>([])

        var chunks: [ImageChunk] { sent.withLock { $0 } }
        var backlog: Int { 0 }

        func send(_ message: CoordinatorMessage) {
            if case .image(let chunk) = message { sent.withLock { $0.append(chunk) } }
        }

        func close() {}
    }

    private final class Problems: Sendable {
        private let texts = Mutex<[String]>([])

        var all: [String] { texts.withLock { $0 } }

        func add(_ text: String) { texts.withLock { $0.append(text) } }
    }

    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
    private let link = Recorder()
    private let problems = Problems()

    init() throws { try makeDirectories(folder) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func stream() -> ByteStream {
        ByteStream(
            link: link, weights: nil, image: { [folder] in ImageLocation(path: "\(folder)/\($0)") },
            onFailure: { Issue.record("\($0)") },
            onUnreadable: { [problems] index, error in problems.add("\(index): \(error.reason)") })
    }

    private func wait(_ condition: () -> Bool) -> Bool {
        let end = DispatchTime.now() + 30
        while !condition() {
            if DispatchTime.now() > end { return false }
            usleep(1000)
        }
        return true
    }

    /// As from a lack of descriptors, which passes.
    @Test func whatCannotBeOpenedIsToldAndCanBeAskedForAgain() throws {
        let path = "\(folder)/0"
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path)
        let stream = stream()
        stream.sendImage(0)
        #expect(wait { !problems.all.isEmpty })
        #expect(link.chunks.isEmpty, "nothing is said to the node")
        try FileManager.default.removeItem(atPath: path)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        stream.sendImage(0)
        #expect(wait { !link.chunks.isEmpty })
        #expect(link.chunks == [ImageChunk(index: 0, totalBytes: 3, offset: 0, bytes: [1, 2, 3])])
        #expect(problems.all == ["0: Too many levels of symbolic links"])
    }

    @Test func whatIsNotThereIsMissingAtOnce() throws {
        try Data([7]).write(to: URL(fileURLWithPath: "\(folder)/5"))
        let stream = stream()
        for index in [4, 5] as [UInt32] { stream.sendImage(index) }
        #expect(wait { link.chunks.count == 2 })
        #expect(link.chunks.map(\.totalBytes) == [ImageChunk.missing, 1])
        #expect(problems.all.isEmpty)
        withExtendedLifetime(stream) {}
    }
}
