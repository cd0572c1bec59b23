import Bytes
import Dataset
import Drawing
import Foundation
import Jobs
import Node
import Protocol
import Testing

@testable import Coordinator

/// Runs of two images on a node that keeps, or breaks, the rules of files.
@Suite struct ConductorArtifactTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
    private let samples: LedgerSamples
    private let picture: [UInt8]

    init() throws {
        samples = try LedgerSamples(images: 2)
        picture = try Self.picture(of: 0)
    }

    private static func picture(of image: Int, side: Int = 64) throws -> [UInt8] {
        let (width, height) = BoxPicture.size(inputSize: side)
        let gray = [UInt8](repeating: UInt8(image), count: width * height * 3)
        return try JPEGEncoder.encode(RGBImage(width: width, height: height, pixels: gray), quality: 90)
    }

    /// Leads a run; gives how it ended and what is left.
    private func run(
        _ node: ScriptedNode, prepares: Bool = true
    ) async throws -> (ending: RunEnding, ledger: Ledger, files: ArtifactFiles, notes: String) {
        let files = try #require(
            ArtifactFiles(options: .init(mode: .boxPictures), outPath: folder, mapsPath: nil, inputSize: 64))
        if prepares { try files.prepare(samples.manifest) { _ in false } }
        let job = Job(network: "small", networkDescription: nil, weightsSHA256: "", options: [:])
        let surroundings = Conductor.Surroundings(endpoints: [node.endpoint], artifacts: files) { _ in
            nil
        }
        let notes = NoteKeeper()
        let conductor = Conductor(
            plan: RunPlan(job: job), manifest: samples.manifest, ledger: try samples.open(InMemoryStorage()),
            surroundings: surroundings, reporter: notes)
        let (ending, run) = await conductor.lead()
        return (ending, run.ledger, files, notes.text)
    }

    private func part(_ lease: Lease, _ index: UInt32, _ bytes: [UInt8]) -> NodeMessage {
        .artifact(
            ArtifactChunk(
                lease: lease.id, index: index, kind: .boxPicture, totalBytes: UInt32(bytes.count), offset: 0,
                bytes: bytes))
    }

    /// Every image of a lease: the messages that `each` makes of it, then the end.
    private func node(_ each: @escaping @Sendable (Lease, LeasedImage, ImageResult) -> [NodeMessage]) -> ScriptedNode {
        ScriptedNode { [samples] lease in
            lease.images.flatMap { each(lease, $0, samples.result(Int($0.index))) } + [.leaseDone(lease.id)]
        }
    }

    @Test func aResultCountsWhenItsPictureIsOnTheDisk() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pictures = try (0..<2).map { try Self.picture(of: $0 * 99) }
        let node = node { [self] lease, image, result in
            [part(lease, image.index, pictures[Int(image.index)]), .results(lease: lease.id, [result])]
        }
        let (ending, ledger, files, _) = try await run(node)
        #expect(ending == .complete && ledger.isComplete)
        for image in 0..<2 {
            let path = files.path(.boxPicture, LedgerSamples.id(image))
            #expect(try WholeFile.read(path: path, limit: 10_000) == pictures[image])
        }
        // Each file is said to be stored, with the sum of those before it.
        let stored = node.messages.compactMap { message -> UInt64? in
            guard case .artifactsStored(let bytes) = message else { return nil }
            return bytes
        }
        #expect(stored == [UInt64(pictures[0].count), UInt64(pictures[0].count + pictures[1].count)])
    }

    @Test func aResultWithoutItsPictureEndsTheNodesPart() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (ending, ledger, _, notes) = try await run(
            node { lease, _, result in [.results(lease: lease.id, [result])] })
        #expect(ending != .complete && ledger.counts.done == 0)
        #expect(notes.contains("evicted: its result of a0 came without the picture"), "\(notes)")
    }

    @Test func whatIsNoPictureEndsTheNodesPart() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let others: [[UInt8]] = [
            [1, 2, 3], [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3], picture.dropLast(), try Self.picture(of: 1, side: 65),
        ]
        for wrong in others {
            let (_, ledger, files, notes) = try await run(
                node { [self] lease, image, result in
                    [part(lease, image.index, wrong), .results(lease: lease.id, [result])]
                })
            #expect(ledger.counts.done == 0 && !files.isComplete("a0"))
            #expect(notes.contains("a file of a0 that is no .jpg"), "\(notes)")
        }
    }

    @Test func aPictureOfAnImageThatWasNotLeasedIsOutOfProtocol() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (_, ledger, _, notes) = try await run(node { [self] lease, _, _ in [part(lease, 99, picture)] })
        #expect(ledger.counts.done == 0)
        #expect(notes.contains("a file of image 99, which is not in its lease"), "\(notes)")
    }

    @Test func aKindOfFileThatNobodyAskedForIsOutOfProtocol() async throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let (_, _, _, notes) = try await run(
            node { lease, image, _ in
                [
                    .artifact(
                        ArtifactChunk(
                            lease: lease.id, index: image.index, kind: .scoreMap, totalBytes: 1, offset: 0, bytes: [1]))
                ]
            })
        #expect(notes.contains("a file that nobody asked for"), "\(notes)")
    }

    @Test func aPictureThatCannotBeWrittenEndsTheRun() async throws {
        // Nobody made the folder.
        let (ending, ledger, _, _) = try await run(
            node { [self] lease, image, result in
                [part(lease, image.index, picture), .results(lease: lease.id, [result])]
            }, prepares: false)
        guard case .artifactFailed(let reason) = ending else {
            Issue.record("\(ending)")
            return
        }
        #expect(reason == "\(folder)/bbox_viz: cannot write into: No such file or directory")
        #expect(ledger.counts.done == 0)
    }

    /// Whatever the parts say, they are taken or refused, and what is not stored stays within the window.
    @Test func alteredPartsNeitherTrapNorGrow() throws {
        var generator = SplitMix64(seed: 8)
        func number(_ below: Int) -> Int { Int(generator.next() % UInt64(below)) }
        var taken = 0
        for _ in 0..<2000 {
            var reception = ArtifactReception()
            do throws(OutOfProtocol) {
                for _ in 0..<6 {
                    let bytes = [UInt8](repeating: 7, count: [0, 1, 2, 3, 4][number(5)])
                    let total = [UInt32(bytes.count), 5, 0, UInt32(WireLimits.artifact), .max][number(5)]
                    let chunk = ArtifactChunk(
                        lease: 1, index: UInt32(number(2)), kind: ArtifactKind.allCases[number(3)], totalBytes: total,
                        offset: [0, 0, 0, UInt32(bytes.count), .max][number(5)], bytes: bytes)
                    if let file = try reception.accept(chunk) {
                        taken += 1
                        if number(2) == 0 { reception.wasStored(bytes: file.bytes.count) }
                    }
                    #expect(reception.begun - reception.stored <= UInt64(WireLimits.artifactWindow))
                }
            } catch {
                #expect(!error.description.isEmpty)
            }
        }
        #expect(taken > 100)
    }
}
