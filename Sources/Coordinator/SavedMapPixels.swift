import Bytes
import Dataset
import Evaluation
import Jobs
import SelectiveTuning

/// The maps that a run has kept, against its images' masks: what `score --maps` says of them.
struct SavedMapPixels {
    let manifest: Manifest
    let masksPath: String
    let mapsPath: String
    let preset: Preprocessing
    let inputSize: Int
    let convention: IoUConvention
    let bins: PixelBins
    let threads: Int

    /// - Throws: `DatasetError` for a map or mask that cannot be read; an image without a map is left out.
    func measure() throws -> MapReport.Pixels {
        let paths = try MapDirectory.scan(path: mapsPath).paths(of: manifest.ids)
        let pool = try ThreadPool(threads: threads)
        let meters = try (0..<pool.threads).map { _ in try Thread(self) }
        let work = WorkMeter("measuring maps against masks", of: paths.count, "maps")
        let entries = manifest.entries
        let failures = pool.map(paths.count) { place, thread -> DatasetError? in
            defer { work.advance() }
            guard let path = paths[place] else { return nil }
            return meters[thread].add(entries[place], map: path, self)
        }
        work.end()
        if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
        var meter = meters[0].meter
        for other in meters.dropFirst() { meter.add(other.meter) }
        return meter.report
    }

    /// What one thread needs; only that thread uses it at a time.
    private final class Thread: @unchecked Sendable {
        private let profiler: MapProfiler
        private(set) var meter: PixelMeter

        init(_ how: SavedMapPixels) throws {
            guard let profiler = MapProfiler(inputSize: how.inputSize, convention: how.convention),
                let meter = PixelMeter(
                    masks: MaskReader(folder: how.masksPath), inputSize: how.inputSize, bins: how.bins)
            else { throw NetworkError.outOfMemory(bytes: 0, purpose: "score maps") }
            (self.profiler, self.meter) = (profiler, meter)
        }

        func add(_ entry: ManifestEntry, map path: String, _ how: SavedMapPixels) -> DatasetError? {
            guard let masks = entry.masks, let width = entry.declaredWidth, let height = entry.declaredHeight else {
                return nil
            }
            do throws(DatasetError) {
                let map = try NumPyMap(try NumPyMap.read(path: path), file: path)
                _ = profiler.profile(map.values, width: map.width, height: map.height, truth: [])
                try meter.add(
                    map.values, width: map.width, height: map.height, foundBy: profiler, masks,
                    Geometry(preset: how.preset, inputSize: how.inputSize, width: width, height: height))
                return nil
            } catch {
                return error
            }
        }
    }
}
