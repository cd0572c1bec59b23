import Bytes
import Dataset
import Foundation
import Protocol
import Testing

@testable import Coordinator

@Suite("Images on their way to a node", .timeLimit(.minutes(1)))
struct MissingImageTests {
    /// The coordinator has no descriptor left for a moment; that is no missing image.
    @Test(arguments: [EMFILE, ENFILE])
    func aLackOfDescriptorsIsToldAndHoldsUpNothingElse(_ code: Int32) throws {
        let path = NSTemporaryDirectory() + "/stnet-stream-\(UUID().uuidString)"
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        let lacking = Countdown(1)
        let told = Mailbox<UInt32>()
        let message = first(told: told, wanting: [7, 8]) { place in
            if lacking.next() { return .failure(FileError(path: path, operation: "read", code: code)) }
            return Result { () throws(FileError) in try place.open() }
        } of: { _ in
            ImageLocation(path: path)
        }
        #expect(message == .image(ImageChunk(index: 8, totalBytes: 3, offset: 0, bytes: [1, 2, 3])))
        #expect(told.take(until: .now()) == [7])
    }

    @Test func aFileThatIsNotThereIsMissingAtOnce() {
        let opened = Countdown(.max)
        let message = first { _ in
            _ = opened.next()
            return .failure(FileError(path: "x", operation: "read", code: ENOENT))
        } of: { _ in
            ImageLocation(path: "x")
        }
        #expect(message == .image(ImageChunk(index: 7, totalBytes: ImageChunk.missing, offset: 0, bytes: [])))
        #expect(opened.count == 1)
    }

    /// What the node is sent first when it asks for these images.
    private func first(
        told: Mailbox<UInt32> = Mailbox(), wanting images: [UInt32] = [7],
        open: @escaping @Sendable (ImageLocation) -> Result<FilePieces, FileError>,
        of image: @escaping @Sendable (Int) -> ImageLocation?
    ) -> CoordinatorMessage? {
        let (here, there) = MemoryLink<CoordinatorMessage, NodeMessage>.pair()
        let mailbox = Mailbox<LinkEvent<CoordinatorMessage>>()
        there.start { mailbox.post($0) }
        let stream = ByteStream(
            link: here, weights: nil, image: image, open: open, onFailure: { _ in },
            onUnreadable: { index, _ in told.post(index) })
        for index in images { stream.sendImage(index) }
        while true {
            let events = mailbox.take(until: .now() + 30)
            if events.isEmpty { return nil }
            for case .message(let message) in events { return message }
        }
    }

    private final class Countdown: @unchecked Sendable {
        private let lock = NSLock()
        private var left: Int
        private(set) var count = 0

        init(_ left: Int) { self.left = left }

        func next() -> Bool {
            lock.withLock {
                count += 1
                left -= 1
                return left >= 0
            }
        }
    }
}
