import Bytes
import Foundation
import Protocol
import Testing

@testable import Coordinator

/// The weights' bytes on their way to a node that asked for them.
@Suite final class ByteStreamTests {
    private let path = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
    private let bytes = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 / 251) }
    private let mailbox = Mailbox<LinkEvent<CoordinatorMessage>>()
    private let failures = Mailbox<String>()

    init() throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    deinit { unlink(path) }

    private func stream(_ weights: FilePieces) -> ByteStream {
        let (mine, theirs) = MemoryLink<CoordinatorMessage, NodeMessage>.pair()
        theirs.start { [mailbox] in mailbox.post($0) }
        return ByteStream(
            link: mine, weights: weights, image: { _ in nil }, onFailure: { [failures] in failures.post($0) })
    }

    /// What comes up to the byte before `end`.
    private func receive(upTo end: UInt64) -> [WeightsChunk] {
        var chunks: [WeightsChunk] = []
        while chunks.last.map({ $0.offset + UInt64($0.bytes.count) < end }) ?? true {
            let events = mailbox.take(until: .now() + 60)
            if events.isEmpty { return chunks }
            for case .message(.weights(let chunk)) in events { chunks.append(chunk) }
        }
        return chunks
    }

    @Test func whatIsAskedForComesInOrderAndNoMore() throws {
        let stream = stream(try FilePieces(path: path))
        stream.sendWeights(0..<300_000)
        stream.sendWeights(300_000..<600_000)
        let chunks = receive(upTo: 600_000)
        #expect(chunks.allSatisfy { $0.bytes.count <= WireLimits.chunk })
        #expect(chunks.flatMap(\.bytes) == Array(bytes.prefix(600_000)))
        stream.sendWeights(600_000..<700_000)
        #expect(receive(upTo: 700_000).map(\.offset) == [600_000], "from where it was asked, not to the file's end")
    }

    /// The next run's weights are sent when nothing of this run is asked for.
    @Test func whatIsAheadGivesWay() throws {
        let other = path + "-other"
        defer { unlink(other) }
        try Data(bytes.reversed()).write(to: URL(fileURLWithPath: other))
        let (mine, theirs) = MemoryLink<CoordinatorMessage, NodeMessage>.pair()
        theirs.start { [mailbox] in mailbox.post($0) }
        let stream = ByteStream(
            link: mine, weights: try FilePieces(path: path), weightsAhead: try FilePieces(path: other),
            image: { _ in nil }, onFailure: { [failures] in failures.post($0) })
        stream.sendWeightsAhead(0..<100_000)
        #expect(receive(upTo: 100_000).flatMap(\.bytes) == Array(bytes.reversed().prefix(100_000)))
        truncate(other, 1000)
        stream.sendWeightsAhead(100_000..<200_000)
        stream.sendWeights(0..<300_000)
        #expect(receive(upTo: 300_000).flatMap(\.bytes) == Array(bytes.prefix(300_000)))
        #expect(failures.take(until: .now()).isEmpty, "the run itself needs them not")
    }

    @Test func aFileThatIsRemovedOrReplacedIsStillTheSame() throws {
        let stream = stream(try FilePieces(path: path))
        try AtomicFile.write(path: path, bytes: [UInt8](repeating: 7, count: 700_000))
        stream.sendWeights(0..<200_000)
        #expect(receive(upTo: 200_000).flatMap(\.bytes) == Array(bytes.prefix(200_000)))
        unlink(path)
        stream.sendWeights(200_000..<300_000)
        #expect(receive(upTo: 300_000).flatMap(\.bytes) == Array(bytes[200_000..<300_000]))
    }

    @Test func whatCannotBeReadIsSaidOnce() throws {
        let weights = try FilePieces(path: path)
        truncate(path, 1000)
        let stream = stream(weights)
        stream.sendWeights(0..<500_000)
        let failure = failures.take(until: .now() + 60)
        #expect(failure.count == 1 && failure[0].hasPrefix("\(path): cannot be read at byte 0 of 700000"), "\(failure)")
        stream.sendWeights(0..<1000)
        #expect(receive(upTo: 1000).flatMap(\.bytes) == Array(bytes.prefix(1000)), "and the stream goes on")
    }
}
