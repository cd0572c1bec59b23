import Bytes
import Foundation
import Node
import Protocol
import Testing

@Suite struct WeightsTests {
    private func send(_ bytes: [UInt8], to coordinator: TestCoordinator) throws {
        #expect(try coordinator.message() == .wantWeights(offset: 0, bytes: UInt64(bytes.count)))
        for start in stride(from: 0, to: bytes.count, by: 5000) {
            coordinator.send(
                .weights(
                    WeightsChunk(offset: UInt64(start), bytes: Array(bytes[start..<min(start + 5000, bytes.count)]))))
        }
    }

    private func names(in directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    @Test func weightsAreStreamedOnceAndFoundAgain() throws {
        let small = try SmallJob(pictures: 2)
        let cache = small.path("cache/deep")
        let coordinator = TestCoordinator(try Bench(small, weights: .cache(WeightsCache(directory: cache))))
        coordinator.send(.job(small.job()))
        try send(small.weightsBytes, to: coordinator)
        guard case .ready = try coordinator.message() else { throw TestCoordinator.Silence() }
        coordinator.send(.lease(small.lease(1, 0..<2)))
        #expect(try coordinator.results(of: 1) == small.expected(0..<2))
        #expect(names(in: cache) == ["\(small.weights.sha256()).safetensors"])
        // Another process.
        try TestCoordinator(try Bench(small, weights: .cache(WeightsCache(directory: cache)))).ready(small.job())
    }

    @Test func theNextJobsWeightsComeWhileThisOneIsAtWork() throws {
        let (small, other) = (try SmallJob(pictures: 2), try SmallJob(pictures: 1))
        // Another digest: a job's weights may have any bytes until they are read as such.
        let bytes = other.weightsBytes + [0]
        let file = WeightsFile(sha256: SHA256.hex(bytes), bytes: UInt64(bytes.count), suffix: ".safetensors")
        let cache = small.path("cache")
        let coordinator = TestCoordinator(try Bench(small, weights: .cache(WeightsCache(directory: cache))))
        coordinator.send(.job(small.job()))
        try send(small.weightsBytes, to: coordinator)
        guard case .ready = try coordinator.message() else { throw TestCoordinator.Silence() }
        coordinator.send(.weightsAhead(file))
        try send(bytes, to: coordinator)
        coordinator.send(.lease(small.lease(1, 0..<2)))
        #expect(try coordinator.results(of: 1) == small.expected(0..<2))
        let path = "\(cache)/\(file.sha256).safetensors"
        for _ in 0..<600 where !FileManager.default.fileExists(atPath: path) { usleep(100_000) }
        #expect(try WholeFile.read(path: path, limit: 1 << 24) == bytes)
        // They are offered once.
        coordinator.send(.weightsAhead(file))
        guard case .failed(let reason) = try coordinator.message() else { throw TestCoordinator.Silence() }
        #expect(reason == "out of protocol: the next job's weights twice")
    }

    @Test func weightsAheadThatAreHereOrNoNameAreNotAskedFor() throws {
        let small = try SmallJob(pictures: 2)
        let cache = WeightsCache(directory: small.path("cache"), alsoIn: small.directory)
        for file in [
            small.job().weights, WeightsFile(sha256: "../x", bytes: 9, suffix: ".pth"),
            WeightsFile(sha256: String(repeating: "a", count: 64), bytes: 0, suffix: ".pth"),
        ] {
            let coordinator = TestCoordinator(try Bench(small, weights: .cache(cache)))
            try coordinator.ready(small.job())
            coordinator.send(.weightsAhead(file), .lease(small.lease(1, 0..<2)), .drain)
            #expect(try coordinator.results(of: 1) == small.expected(0..<2))
            #expect(try coordinator.message() == .goodbye)
        }
        // Before it has its own, a node takes no others.
        let early = TestCoordinator(try Bench(small, weights: .cache(WeightsCache(directory: small.path("new")))))
        early.send(.job(small.job()))
        #expect(try early.message() == .wantWeights(offset: 0, bytes: UInt64(small.weightsBytes.count)))
        early.send(.weightsAhead(small.job().weights))
        guard case .failed(let reason) = try early.message() else { throw TestCoordinator.Silence() }
        #expect(reason == "out of protocol: the next job's weights too early")
    }

    @Test func whatAKilledNodeHadReceivedIsRemoved() throws {
        let small = try SmallJob(pictures: 1)
        let cache = small.path("cache")
        try makeDirectories(cache)
        let digest = String(repeating: "ab", count: 32)
        let kept = [digest + ".pth", "mine.pth.7-0.tmp", digest + ".txt.7-0.tmp"]
        for name in kept + [digest + ".pth.1-0.tmp", digest + ".safetensors.4194999-0.tmp"] {
            try Data([1]).write(to: URL(fileURLWithPath: cache + "/" + name))
        }
        // Another node receives just now.
        var running = try AtomicFile(path: cache + "/" + digest + ".safetensors")
        WeightsCache(directory: cache).removeLeftovers()
        #expect(names(in: cache).filter { !kept.contains($0) }.count == 1)
        try running.append([1])
        try running.commit()
        #expect(names(in: cache).sorted() == (kept + [digest + ".safetensors"]).sorted())
    }

    @Test func aFileOfAnyNameBesideTheCacheIsFound() throws {
        let small = try SmallJob(pictures: 1)
        let cache = WeightsCache(directory: small.path("cache"), alsoIn: small.directory)
        try TestCoordinator(try Bench(small, weights: .cache(cache))).ready(small.job())
        #expect(names(in: small.path("cache")).isEmpty)
    }

    @Test func bytesOfAnotherDigestAreRefusedAndNotKept() throws {
        let small = try SmallJob(pictures: 1)
        let coordinator = TestCoordinator(
            try Bench(small, weights: .cache(WeightsCache(directory: small.path("cache")))))
        coordinator.send(.job(small.job()))
        var bytes = small.weightsBytes
        bytes[bytes.count / 2] ^= 1
        try send(bytes, to: coordinator)
        guard case .refused(let refusal) = try coordinator.message() else { throw TestCoordinator.Silence() }
        #expect(refusal.code == .weights && refusal.reason.contains("SHA-256"), "\(refusal)")
        #expect(!refusal.reason.contains(small.directory), "paths stay on their machine")
        #expect(names(in: small.path("cache")).isEmpty)
        // And the next attempt of the same coordinator succeeds.
        coordinator.send(.job(small.job()))
        try send(small.weightsBytes, to: coordinator)
        guard case .ready = try coordinator.message() else { throw TestCoordinator.Silence() }
    }

    @Test func aDamagedFileInTheCacheIsReplaced() throws {
        let small = try SmallJob(pictures: 1)
        let path = small.path("cache/\(small.weights.sha256()).safetensors")
        try FileManager.default.createDirectory(atPath: small.path("cache"), withIntermediateDirectories: true)
        var bytes = small.weightsBytes
        bytes[9] ^= 1
        try AtomicFile.write(path: path, bytes: bytes)
        let coordinator = TestCoordinator(
            try Bench(small, weights: .cache(WeightsCache(directory: small.path("cache")))))
        coordinator.send(.job(small.job()))
        try send(small.weightsBytes, to: coordinator)
        guard case .ready = try coordinator.message() else { throw TestCoordinator.Silence() }
        #expect(try WholeFile.read(path: path, limit: 1 << 24) == small.weightsBytes)
    }

    @Test func aCacheThatCannotBeWrittenIsARefusal() throws {
        let small = try SmallJob(pictures: 1)
        // A file is no directory, for the superuser as well.
        let cache = WeightsCache(directory: small.path("w.safetensors/cache"))
        let refusal = try TestCoordinator(try Bench(small, weights: .cache(cache))).refusal(of: small.job())
        #expect(refusal.code == .device && refusal.reason.contains("Not a directory"), "\(refusal)")
    }

    @Test func aLinkThatEndsInTheMiddleLeavesNothing() throws {
        let small = try SmallJob(pictures: 1)
        let bench = try Bench(small, weights: .cache(WeightsCache(directory: small.path("cache"))))
        let first = TestCoordinator(bench)
        first.send(.job(small.job()))
        #expect(try first.message() == .wantWeights(offset: 0, bytes: UInt64(small.weightsBytes.count)))
        first.send(.weights(WeightsChunk(offset: 0, bytes: Array(small.weightsBytes.prefix(100)))))
        #expect(try first.status()?.state == .preparing)
        first.close()
        let second = TestCoordinator(bench)
        // The second one is asked once the first one's part is gone.
        while try first.message() != nil {}
        second.send(.job(small.job()))
        #expect(try second.message() == .wantWeights(offset: 0, bytes: UInt64(small.weightsBytes.count)))
        #expect(names(in: small.path("cache")).filter { $0.hasSuffix(".tmp") }.count == 1)
        second.send(.weights(WeightsChunk(offset: 1, bytes: [0])))
        guard case .failed(let reason) = try second.message() else { throw TestCoordinator.Silence() }
        #expect(reason.contains("1 bytes of weights at 1, expected those at 0 up to \(small.weightsBytes.count)"))
    }

    @Test(arguments: [
        ("../../etc/passwd", ".pth", UInt64(9), "no SHA-256"),
        (String(repeating: "A", count: 64), ".pth", 9, "no SHA-256"),
        (String(repeating: "a", count: 64), "/../x", 9, "expected .pth or .safetensors"),
        (String(repeating: "a", count: 64), ".pth", 0, "0 bytes"),
        (String(repeating: "a", count: 64), ".pth", .max, "bytes of weights, expected 1 to"),
    ])
    func whatCannotBeAFilesNameIsRefused(sha256: String, suffix: String, bytes: UInt64, text: String) throws {
        let small = try SmallJob(pictures: 1)
        var job = small.job(sha256: sha256)
        (job.weightsSuffix, job.weightsBytes) = (suffix, bytes)
        let cache = WeightsCache(directory: small.path("cache"))
        let refusal = try TestCoordinator(try Bench(small, weights: .cache(cache))).refusal(of: job)
        #expect(refusal.code == .weights && refusal.reason.contains(text), "\(refusal)")
    }

    @Test func otherWeightsThanTheEmbeddedNodesAreRefused() throws {
        let small = try SmallJob(pictures: 1)
        let job = small.job(sha256: String(repeating: "0", count: 64))
        #expect(try TestCoordinator(try Bench(small)).refusal(of: job).code == .weights)
    }

    @Test func theDefaultDirectoryFollowsTheEnvironment() {
        #expect(WeightsCache.defaultDirectory(environment: ["XDG_CACHE_HOME": "/c"]) == "/c/stnet/weights")
        #expect(WeightsCache.defaultDirectory(environment: [:]).hasSuffix("/.cache/stnet/weights"))
    }
}
