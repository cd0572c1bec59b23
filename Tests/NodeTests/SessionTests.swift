import Bytes
import Dataset
import Evaluation
import Foundation
import Jobs
import Node
import Protocol
import SelectiveTuning
import Testing

@Suite struct SessionTests {
    @Test func aJobFromItsBeginningToItsEnd() throws {
        let bench = try Bench(SmallJob())
        let coordinator = TestCoordinator(bench)
        let ids = bench.small.entries.map(\.id)
        let description = try coordinator.ready(bench.small.job(samples: [ids[2], "unknown"]))
        #expect(description.name == "host/test" && description.instance == 77 && description.version == "9.9")
        #expect(description.batch == 2 && description.images == 7 && description.numerics.count == 64)
        #expect(description.samples == [SHA256.hex(try bench.small.bytes(of: ids[2])), ""])
        coordinator.send(.lease(bench.small.lease(5, 0..<5)), .lease(bench.small.lease(6, 5..<7)))
        #expect(try coordinator.results(of: 5) == bench.small.expected(0..<5))
        #expect(try coordinator.results(of: 6) == bench.small.expected(5..<7))
        #expect(
            try coordinator.status()
                == NodeStatus(
                    name: "host/test", device: "test", version: "9.9", state: .working, evaluated: 7))
        coordinator.send(.drain)
        #expect(try coordinator.message() == .goodbye)
        #expect(try coordinator.message() == nil)
        let probe = TestCoordinator(bench)
        #expect(try probe.status()?.state == .idle)
    }

    @Test func aLastLeaseIsFinishedBeforeTheGoodbye() throws {
        let bench = try Bench(SmallJob(pictures: 3))
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        coordinator.send(.lease(bench.small.lease(1, 0..<3)), .lease(bench.small.lease(2, 3..<4)), .drain)
        #expect(try coordinator.results(of: 1).count == 3)
        #expect(try coordinator.results(of: 2).count == 1)
        #expect(try coordinator.message() == .goodbye)
    }

    @Test func filesThatCameLaterAreFoundByTheirSampleIDs() throws {
        let bench = try Bench(SmallJob(pictures: 2))
        let bytes = try bench.small.bytes(of: bench.small.entries[0].id)
        try AtomicFile.write(path: bench.small.path("images/later.JPEG"), bytes: bytes)
        let description = try TestCoordinator(bench).ready(bench.small.job(samples: ["later"]))
        #expect(description.samples == [SHA256.hex(bytes)] && description.images == 3)
    }

    @Test func missingAndBrokenImagesFailAlone() throws {
        let bench = try Bench(SmallJob(pictures: 3))
        let broken = bench.small.entries[1].id
        try AtomicFile.write(path: bench.small.path("images/\(broken).JPEG"), text: "no picture")
        try FileManager.default.removeItem(atPath: bench.small.path("images/\(bench.small.entries[2].id).JPEG"))
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        coordinator.send(.lease(bench.small.lease(1, 0..<3)))
        let results = try coordinator.results(of: 1)
        #expect(results.count == 3)
        #expect(try results[0] == bench.small.expected(0..<1)[0])
        #expect(results[1].failure?.kind == .content)
        #expect(results[2].failure == ImageFailure(.unavailable, "cannot open: No such file or directory"))
    }

    /// Its pixels are counted against the mask that its lease has, where it has one.
    @Test func mapsAreMeasuredAgainstTheMasksOfALease() throws {
        let bench = try Bench(SmallJob(pictures: 3))
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job(options: SmallJob.measuresPixels))
        var lease = bench.small.lease(1, 0..<3)
        // 1000 pixels of an object, 96 that are ignored.
        lease.images[1].mask = Self.mask([(1000, 1), (96, 2), (3000, 0)])
        coordinator.send(.lease(lease))
        let found = try coordinator.results(of: 1).compactMap { result -> ImageResult.Evaluated? in
            if case .evaluated(let found) = result.outcome { found } else { nil }
        }
        #expect(found.count == 3 && found.allSatisfy { $0.mapProfile != nil })
        #expect(found[0].pixelHistogram == nil && found[2].pixelHistogram == nil)
        let histogram = try PixelHistogram(
            try #require(found[1].pixelHistogram), in: PixelBins(thresholds: 100))
        #expect(histogram.counts == PixelCounts(foreground: 1000, background: 3000))
    }

    /// Runs of pixels, each of one kind.
    private static func mask(_ runs: [(length: Int, kind: UInt8)]) -> [UInt8] {
        runs.flatMap { length, kind -> [UInt8] in
            var (rest, bytes) = ((length - 1) << 2 | Int(kind), [UInt8]())
            while rest >= 0x80 {
                bytes.append(UInt8(rest & 0x7f) | 0x80)
                rest >>= 7
            }
            return bytes + [UInt8(rest)]
        }
    }

    /// What is no mask of the network's input ends the connection by the image's name, and not the node.
    @Test(
        arguments: [
            (SmallJob.measuresPixels, [(4095, 0)], "its mask has 4095 pixels, expected the 4096 of 64x64"),
            (SmallJob.measuresPixels, [(4097, 0)], "its mask has more than the 4096 pixels of 64x64"),
            (SmallJob.measuresPixels, [(96, 3), (4000, 0)], "its mask has a run of the kind 3"),
            (SmallJob.measuresPixels, [], "its mask has 0 pixels, expected the 4096 of 64x64"),
            ([:], [(4096, 0)], "a mask, in a job without the option pixel-thresholds"),
        ] as [([String: String], [(length: Int, kind: UInt8)], String)])
    func aMaskThatIsNoneEndsTheConnection(
        options: [String: String], runs: [(length: Int, kind: UInt8)], text: String
    ) throws {
        let bench = try Bench(SmallJob(pictures: 3))
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job(options: options))
        var lease = bench.small.lease(7, 0..<3)
        lease.images[2].mask = Self.mask(runs)
        coordinator.send(.lease(lease))
        let id = bench.small.entries[2].id
        #expect(try coordinator.message() == .failed(reason: "out of protocol: lease 7: \(id): \(text)"))
        #expect(try coordinator.message() == nil)
        let next = TestCoordinator(bench)
        try next.ready(bench.small.job())
        next.send(.lease(bench.small.lease(1, 0..<1)))
        #expect(try next.results(of: 1) == bench.small.expected(0..<1))
    }

    @Test func aPreparedJobIsUsedAgainWithoutLoading() throws {
        let bench = try Bench(SmallJob(pictures: 2))
        var numerics: [String] = []
        for options in [[:], [:], ["box-rule": "mass"]] {
            let coordinator = TestCoordinator(bench)
            numerics.append(try coordinator.ready(bench.small.job(options: options)).numerics)
            coordinator.send(.drain)
            #expect(try coordinator.message() == .goodbye)
        }
        #expect(bench.gate.backendsMade == 1)
        #expect(numerics[0] == numerics[1] && numerics[0] != numerics[2])
    }

    @Test(arguments: [
        (["blur": "1"], SmallJob.description, "unknown option --blur"),
        (["mass": "2"], SmallJob.description, "--mass 2: expected a number"),
        (["bottom": "c9"], SmallJob.description, "no read-out \"c9\""), ([:], nil, "unknown network \"small\""),
        ([:], "{\"name\": 1}", "network"),
    ])
    func aJobThatIsNotKnownHereIsRefused(options: [String: String], network: String?, text: String) throws {
        let bench = try Bench(SmallJob(pictures: 1))
        let coordinator = TestCoordinator(bench)
        let refusal = try coordinator.refusal(of: bench.small.job(options: options, network: network))
        #expect(refusal.code == .job && refusal.reason.contains(text), "\(refusal)")
        // The node is free, also for the same coordinator.
        try coordinator.ready(bench.small.job())
    }

    @Test func imagesOutOfRangeFailAlone() throws {
        // Scaled until the brightest of the pictures no longer fit, but the darkest still do.
        for exponent in 12...26 {
            let bench = try Bench(SmallJob(pictures: 7, scale: Float(1 << exponent)))
            let coordinator = TestCoordinator(bench)
            try coordinator.ready(bench.small.job())
            coordinator.send(.lease(bench.small.lease(1, 0..<7)))
            let results = try coordinator.results(of: 1)
            #expect(results.map(\.index) == Array(0..<7))
            let failures = results.compactMap(\.failure)
            guard (1...6).contains(failures.count) else { continue }
            #expect(failures.allSatisfy { $0.kind == .evaluation && $0.text.contains("top-down pass, layer") })
            return
        }
        Issue.record("no scale let some pictures fail and others not")
    }

    /// As on a GPU: the next batch is decoded meanwhile, and the waiting lease's first one too.
    @Test func decodingWhileTheDeviceIsAtWorkChangesNothing() throws {
        let small = try SmallJob()
        let pool = try ThreadPool(threads: 2)
        let network = try Network(json: try JSON.parse(SmallJob.description, source: "net"), source: "net")
        let gate = Gate()
        let evaluator = LeaseEvaluator(
            backend: GatedBackend(
                inner: try CPUBackend(network: network, source: small.weights, pool: pool, batch: 2), gate: gate,
                fault: { _ in nil }, leavesHostFree: true),
            images: try ImageIndex(root: small.path("images")), options: JobOptions(), pool: pool)
        let waiting = evaluator.readAhead(small.lease(2, 2..<7).images)
        var results: [ImageResult] = []
        try evaluator.evaluate(small.lease(1, 0..<5).images) { results += $0 }
        try evaluator.evaluate(small.lease(2, 2..<7).images, ahead: waiting) { results += $0 }
        #expect(try results == small.expected(0..<5) + small.expected(2..<7))
        #expect(gate.enter() == 7, "two leases of three batches")
    }

    @Test func aFaultOfTheDeviceEndsTheJobAndIsNotKept() throws {
        let bench = try Bench(SmallJob(pictures: 3)) { call in
            call == 4 ? .outOfMemory(bytes: 12, purpose: "a test") : nil  // two calls are the canary's
        }
        let coordinator = TestCoordinator(bench)
        try coordinator.ready(bench.small.job())
        coordinator.send(.lease(bench.small.lease(1, 0..<3)))
        guard case .results(1, let first) = try coordinator.message() else { throw TestCoordinator.Silence() }
        #expect(first.count == 2)
        #expect(
            try coordinator.message()
                == .failed(
                    reason: "cannot have 12 bytes of memory for a test; the node stays, and begins the next job anew"))
        #expect(try coordinator.message() == nil)
        try TestCoordinator(bench).ready(bench.small.job())
        #expect(bench.gate.backendsMade == 2)
    }
}

extension ImageResult {
    var failure: ImageFailure? {
        if case .failed(let failure) = outcome { failure } else { nil }
    }
}
