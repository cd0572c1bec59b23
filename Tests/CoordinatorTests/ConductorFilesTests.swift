import Bytes
import Dataset
import Foundation
import Protocol
import Testing

@testable import Coordinator

/// What a node says of a file is compared with the coordinator's own copy before it counts.
@Suite final class ConductorFilesTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
    private let samples: LedgerSamples
    /// Of 128 x 96 pixels, as the samples are annotated.
    private let picture: [UInt8]

    init() throws {
        samples = try LedgerSamples(images: 3)
        picture = try JPEGEncoder.encode(
            RGBImage(width: 128, height: 96, pixels: [UInt8](repeating: 77, count: 128 * 96 * 3)), quality: 80)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // Of the last image there is no copy.
        for image in 0..<2 { try Data(picture).write(to: URL(fileURLWithPath: "\(folder)/\(image)")) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func run(
        sharesFiles: Bool = false, _ change: @escaping @Sendable (inout ImageResult) -> Void = { _ in }
    ) async throws -> (ledger: Ledger, notes: String) {
        let node = ScriptedNode { [samples, picture] lease in
            lease.images.map { image in
                var result = samples.result(Int(image.index))
                result.file = FileDigest(of: picture)
                change(&result)
                return .results(lease: lease.id, [result])
            } + [.leaseDone(lease.id)]
        }
        let endpoint = node.endpoint
        let plan = RunPlan(job: Job(network: "small", networkDescription: nil, weightsSHA256: "", options: [:])) {
            $0 < 2
        }
        let surroundings = Conductor.Surroundings(
            endpoints: [
                Endpoint(name: "scripted", reconnects: false, sharesFiles: sharesFiles, connect: endpoint.connect)
            ]
        ) { [folder] image in image < 2 ? ImageLocation(path: "\(folder)/\(image)") : nil }
        let notes = NoteKeeper()
        let conductor = Conductor(
            plan: plan, manifest: samples.manifest, ledger: try samples.open(InMemoryStorage()),
            surroundings: surroundings, reporter: notes)
        let ledger = await conductor.lead().run.ledger
        return (ledger, notes.text)
    }

    @Test func resultsOfTheOwnFilesCountAndAreCounted() async throws {
        let (ledger, notes) = try await run()
        #expect(ledger.isComplete && ledger.deliveries.filesCompared == 2, "\(notes)")
        // The embedded node reads the coordinator's own files.
        #expect(try await run(sharesFiles: true).ledger.deliveries.filesCompared == 3)
    }

    @Test func aResultOfAnotherFileDoesNotCount() async throws {
        let (ledger, notes) = try await run { result in
            if result.index == 1 { result.file = FileDigest(of: [1, 2, 3]) }
        }
        #expect(ledger.isDone(0) && !ledger.isDone(1))
        #expect(notes.contains("evicted: what it was sent of b0 is not what lies here (3 bytes, SHA-256"), "\(notes)")
    }

    @Test func aFailureOfAnotherFileSaysNothingOfTheImage() async throws {
        let (ledger, notes) = try await run { result in
            guard result.index == 0 else { return }
            result.file = FileDigest(of: [9])
            result.outcome = .failed(.init(.content, "cannot decode"))
        }
        #expect(!ledger.isFailed(0) && notes.contains("evicted"), "\(notes)")
    }

    /// The same bytes have one size.
    @Test func aSizeThatIsNotTheFilesIsALie() async throws {
        let (ledger, notes) = try await run { [samples] result in
            if result.index == 0 { result.outcome = .evaluated(samples.found(0, width: 129)) }
        }
        #expect(!ledger.isDone(0))
        #expect(
            notes.contains("it says that a0 has 129x96 pixels; the same file here has 128x96"), "\(notes)")
    }
}
