import Bytes
import Dataset
import Evaluation
import Jobs
import Options
import SelectiveTuning

extension ScoreCommand {
    /// Scores all maps, each read once and by one of the threads; of each image its profile is kept, a few kilobytes at the
    /// most. The box of its record is the one at the threshold that gives `MaxBoxAcc`, or that another run has chosen.
    func scoreMaps(_ path: String, _ images: Images, _ scorer: BoxScorer) throws -> Scored {
        let thresholds = MapThresholds(count: try parsed.integer("thresholds", in: 1...1000) ?? 100)
        let other = try parsed.values["threshold-from"].map { other in
            try input("threshold-from", other).reading {
                try GivenThresholds(directory: other, thresholds: thresholds, inputSize: scorer.inputSize)
            }
        }?.named(beside: images.manifest.digest)
        if let note = other?.note { StandardError.write("note: \(note)\n") }
        let given = other?.thresholds
        let maps = try MapDirectory.scan(path: path)
        let paths = try maps.paths(of: images.groundTruth.lazy.map(\.id))
        let missing = paths.count { $0 == nil }
        guard missing < paths.count else {
            let annotated = images.annotations.lazy.map(\.id)
            let others = maps.surplus(beside: annotated)
            let found = others.first.map { "\(maps.count) maps of no annotated image, the first is \($0)" }
            throw DatasetError.field(
                file: path, line: nil, field: "maps",
                found: maps.count == 0
                    ? "none, but \(maps.substitute ?? "no file")"
                    : found ?? "\(maps.count) maps of images that are not to be scored",
                expected: "files id.npy, such as \(images.groundTruth.first?.id ?? "id").npy")
        }
        if missing > 0 {
            StandardError.write("\(missing) of \(paths.count) images \(missing == 1 ? "has" : "have") no map\n")
        }
        let cores = Processors.available
        let pool = try ThreadPool(threads: try parsed.integer("threads", in: 1...1024) ?? cores)
        let masks = parsed.values["masks"].map { MaskReader(folder: $0) }
        let bins = PixelBins(thresholds: try parsed.integer("thresholds", in: 1...1000) ?? 1000)
        let readers = try (0..<pool.threads).map { _ in try MapReader(scorer, thresholds, masks, bins) }
        let work = WorkMeter("scoring maps", of: images.groundTruth.count, "maps")
        let outcomes = pool.map(images.groundTruth.count) { task, thread in
            defer { work.advance() }
            return readers[thread].score(
                images.groundTruth[task], path: paths[task], images.manifest.entries[task].masks, images.geometry[task])
        }
        work.end()
        var tally = MapTally(thresholds: thresholds, convention: scorer.convention)
        for reader in readers { tally.add(reader.tally) }
        var pixels = readers[0].pixels
        for reader in readers.dropFirst() { if let other = reader.pixels { pixels?.add(other) } }
        let accuracy = MapAccuracy(tally)
        guard
            let baseline = CentreMap.evaluate(
                images.groundTruth, inputSize: scorer.inputSize, thresholds: thresholds, convention: scorer.convention)
        else { throw NetworkError.outOfMemory(bytes: 0, purpose: "score maps") }
        let surplus = maps.surplus(beside: images.annotations.lazy.map(\.id))
        let digest = Self.digest(outcomes)
        let tau = given?.tau ?? accuracy.maxBoxAcc.tau
        let from = given.map { [("map_thresholds_from", JSON.string($0.summarySHA256))] } ?? []
        return Scored(
            records: Self.records(outcomes, images, scorer, at: thresholds.level(tau)),
            method: [
                ("method", .string("score-maps")), ("maps_sha256", .string(digest)),
                ("map_thresholds", .int(thresholds.taus.count)),
                ("box_threshold", .double(tau)),
            ] + from + (masks == nil ? [] : [("pixel_thresholds", .int(bins.count - 1))]),
            digest: .init(name: "maps", sha256: digest), notes: Self.notes(outcomes, images, surplus),
            maps: MapReport(
                accuracy: accuracy, baseline: baseline, surplus: surplus, given: given, pixels: pixels?.report))
    }

    private static func records(
        _ outcomes: [MapReader.Outcome], _ images: Images, _ scorer: BoxScorer, at level: Int
    ) -> [ImageRecord] {
        var records: [ImageRecord] = []
        for (index, outcome) in outcomes.enumerated() {
            let truth = images.groundTruth[index]
            switch outcome.result {
            case .missing: break
            case .failed(let error, let path):
                records.append(.failed(id: truth.id, label: truth.label, error: error, path: path))
            case .scored(let found):
                let box = found.largest(at: level).box
                records.append(
                    scorer.record(
                        truth, box: box, original: images.geometry[index].original(box),
                        flags: images.flags(truth.id) + (found.isBlank ? [.empty] : [])))
            }
        }
        return records
    }

    private static func notes(_ outcomes: [MapReader.Outcome], _ images: Images, _ surplus: [String]) -> [String] {
        func note(_ ids: [String], _ one: String, _ several: String) -> [String] {
            guard !ids.isEmpty else { return [] }
            return [
                "\(ids.count) \(ids.count == 1 ? one : several): " + ids.prefix(10).joined(separator: ", ")
                    + (ids.count > 10 ? ", ..." : "")
            ]
        }
        func ids(_ isMeant: (MapReader.Result) -> Bool) -> [String] {
            zip(outcomes, images.groundTruth).filter { isMeant($0.0.result) }.map(\.1.id)
        }
        let missing = ids { if case .missing = $0 { true } else { false } }
        let blank = ids { if case .scored(let found) = $0 { found.isBlank } else { false } }
        let failures = outcomes.compactMap { outcome -> String? in
            if case .failed(let error, _) = outcome.result { "failed: \(error)" } else { nil }
        }
        return note(missing, "image has no map", "images have no map")
            + note(
                surplus, "map has no annotation and takes no part", "maps have no annotation and take no part")
            + note(
                blank, "map is constant or holds a value that is not finite, its box is (0, 0, 0, 0)",
                "maps are constant or hold a value that is not finite, their box is (0, 0, 0, 0)")
            + failures.prefix(20) + (failures.count > 20 ? ["failed: and \(failures.count - 20) more"] : [])
    }

    /// Over the digests of the files in the images' order.
    private static func digest(_ outcomes: [MapReader.Outcome]) -> String {
        var digest = SHA256()
        for outcome in outcomes { digest.update((outcome.sha256 ?? "none") + "\n") }
        return digest.finalizeHex()
    }
}

/// What one thread needs to score maps; only that thread uses it at a time.
final class MapReader: @unchecked Sendable {
    enum Result: Sendable {
        case scored(MapProfile)
        case missing
        case failed(String, path: String)
    }

    struct Outcome: Sendable {
        var result: Result
        /// Of the file; nil where it cannot be read.
        var sha256: String?
    }

    private let profiler: MapProfiler
    private(set) var tally: MapTally
    private let masks: MaskReader?
    /// Nil where the images have no masks.
    private(set) var pixels: PixelMeter?

    init(_ scorer: BoxScorer, _ thresholds: MapThresholds, _ masks: MaskReader?, _ bins: PixelBins) throws {
        guard
            let profiler = MapProfiler(inputSize: scorer.inputSize, convention: scorer.convention)
        else { throw NetworkError.outOfMemory(bytes: 0, purpose: "score maps") }
        self.profiler = profiler
        tally = MapTally(thresholds: thresholds, convention: scorer.convention)
        self.masks = masks
        guard masks != nil else { return }
        pixels = PixelMeter(inputSize: scorer.inputSize, bins: bins)
        if pixels == nil { throw NetworkError.outOfMemory(bytes: 0, purpose: "score maps") }
    }

    func score(_ truth: GroundTruth, path: String?, _ names: MaskNames?, _ geometry: Geometry) -> Outcome {
        guard let path else { return Outcome(result: .missing, sha256: nil) }
        var digest: String?
        do {
            let bytes = try NumPyMap.read(path: path)
            digest = SHA256.hex(bytes)
            let map = try NumPyMap(bytes, file: path)
            let profile = profiler.profile(map.values, width: map.width, height: map.height, truth: truth.boxes)
            if let names, let masks, let bins = pixels?.bins {
                let mask = try masks.truth(of: names, in: geometry)
                let histogram = profiler.histogram(map.values, width: map.width, height: map.height, mask, in: bins)
                pixels?.add(PixelFinding(histogram: histogram, truth: mask))
            }
            tally.add(profile, truth: truth.boxes)
            return Outcome(result: .scored(profile), sha256: digest)
        } catch {
            return Outcome(result: .failed("\(error)", path: path), sha256: digest)
        }
    }
}
