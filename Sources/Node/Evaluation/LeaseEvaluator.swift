import Bytes
import Dispatch
import Dataset
import Evaluation
import Jobs
import Protocol
import SelectiveTuning

/// Evaluates leased images on one backend: read, decode and resize, bottom-up, top-down, box and IoU, in batches.
///
/// The files of the next batch are read while the current one is computed. Where the CPU is the device, decoding and
/// both passes use the same threads one after the other, so that they never compete; where it is not, the next batch is
/// decoded meanwhile too. Memory is bounded by three batches: the current one, the next, and the waiting lease's first.
public final class LeaseEvaluator: @unchecked Sendable {
    private let backend: any Backend
    private let images: any ImageReader
    private let options: JobOptions
    private let pool: ThreadPool
    private let renderer: ArtifactRenderer?
    private let measurer: MapMeasurer?
    private let maps: MapMaker?
    private let preparer: ImagePreparer
    private let preprocessors: [Preprocessor]
    private let readers = DispatchQueue(label: "stnet.reader")
    /// One batch at a time: the pool and the preprocessors belong to it.
    private let preparers = DispatchQueue(label: "stnet.preparer")

    /// `renderer`: nil where nothing but results is made; `measurer`: nil where no map is measured; `maps`: nil where neither
    /// needs one. `cache`: where decoded inputs are kept for the next run; nil:
    /// nowhere.
    public init(
        backend: any Backend, images: any ImageReader, options: JobOptions, pool: ThreadPool,
        renderer: ArtifactRenderer? = nil, measurer: MapMeasurer? = nil, maps: MapMaker? = nil,
        cache: InputCache? = nil
    ) {
        self.renderer = renderer
        self.measurer = measurer
        self.maps = maps
        self.backend = backend
        self.images = images
        self.options = options
        self.pool = pool
        preparer = ImagePreparer(preset: options.preset, inputSize: backend.network.inputSize, cache: cache)
        preprocessors = (0..<pool.threads).map { _ in Preprocessor() }
    }

    /// `images` maps an image's id to where it is.
    public convenience init(
        backend: any Backend, images: [String: ImageLocation], options: JobOptions, pool: ThreadPool
    ) {
        self.init(backend: backend, images: ImageIndex(places: images), options: options, pool: pool)
    }

    /// Throws for a mask that nobody asked about, or that is none of the network's input. To be asked before a lease is evaluated:
    /// nothing in it is taken on trust.
    public func checkMasks(of leased: [LeasedImage]) throws(OutOfProtocol) {
        for image in leased {
            guard let mask = image.mask else { continue }
            guard options.pixelBins != nil else {
                throw OutOfProtocol("\(image.id.onOneLine): a mask, in a job without the option pixel-thresholds")
            }
            do throws(MalformedPixels) {
                _ = try PixelTruth.counts(mask, inputSize: backend.network.inputSize)
            } catch {
                throw OutOfProtocol("\(image.id.onOneLine): its mask \(error)")
            }
        }
    }

    /// Evaluates all images of a lease; `deliver` gets each batch's results in the lease's order, after `keep` got the
    /// files that were made of its images. Between two batches `isStopped` is asked, and the rest is left. Throws what ends the node, not what is wrong with one image.
    ///
    /// `ahead` is what `readAhead` gave for the same images, if it was called.
    public func evaluate(
        _ leased: [LeasedImage], ahead first: ReadAhead? = nil, isStopped: () -> Bool = { false },
        keep: (Artifact) -> Void = { _ in }, deliver: ([ImageResult]) -> Void
    ) throws {
        guard !leased.isEmpty else { return }
        var rest = leased[...]
        var ahead = first ?? readAhead(leased)
        while true {
            let content = ahead.wait()
            if isStopped() { return }
            // As many as were read at a time: fewer where their files are very large.
            let batch = Array(rest.prefix(content.count))
            rest = rest.dropFirst(content.count)
            if !rest.isEmpty { ahead = readAhead(rest) }
            let inputs =
                switch content {
                case .files(let files): prepare(batch, files: files)
                case .inputs(let inputs): inputs
                }
            let (results, artifacts) = try evaluate(batch, inputs)
            artifacts.forEach(keep)
            deliver(results)
            if rest.isEmpty || isStopped() { return }
        }
    }

    /// Begins to read the files of the first batch of these images, and to decode them where that disturbs nobody.
    public func readAhead(_ leased: some Collection<LeasedImage>) -> ReadAhead {
        let batch = Array(leased.prefix(backend.batchCapacity))
        let ahead = ReadAhead()
        readers.async { [self] in
            let files = Files(images.read(batch))
            guard backend.leavesHostFree else { return ahead.finish(.files(files)) }
            preparers.async { [self] in
                ahead.finish(.inputs(prepare(Array(batch.prefix(files.count)), files: files)))
            }
        }
        return ahead
    }

    private func evaluate(_ batch: [LeasedImage], _ prepared: [PreparedImage]) throws -> ([ImageResult], [Artifact]) {
        var pictures: [Picture] = []
        for (image, prepared) in zip(batch, prepared) {
            if case .success(let content) = prepared.content {
                pictures.append(Picture(pixels: content.input.pixels, label: Int(image.label)))
            }
        }
        var found = try backend.evaluateEach(
            pictures, options: options.localization, precision: options.precision, mapReadOut: maps?.readOut)[...]
        let findings = prepared.map { prepared in
            prepared.content.flatMap { _ in found.removeFirst().mapError { ImageFailure(.evaluation, "\($0)") } }
        }
        var results = batch.indices.map { place in
            let outcome: ImageResult.Outcome =
                switch (prepared[place].content, findings[place]) {
                case (.success(let content), .success(let found)): .evaluated(evaluated(content, found))
                case (.failure(let failure), _), (_, .failure(let failure)): .failed(failure)
                }
            return ImageResult(index: batch[place].index, file: prepared[place].file, outcome: outcome)
        }
        if options.precision == .fast { try addExact(to: &results, batch, prepared) }
        // Before the results are taken: it says in them what it has made, or that it could not.
        let artifacts = finish(batch, prepared, findings, &results)
        return (results, artifacts)
    }

    /// What is made of the maps and pictures of the images that were evaluated: files, and what the results say of the maps.
    /// An image whose file cannot be made fails.
    private func finish(
        _ batch: [LeasedImage], _ prepared: [PreparedImage],
        _ findings: [Result<Finding, ImageFailure>], _ results: inout [ImageResult]
    ) -> [Artifact] {
        guard renderer != nil || measurer != nil else { return [] }
        let isEvaluated = results.map { if case .evaluated = $0.outcome { true } else { false } }
        let made = pool.map(batch.count) { [self] place, thread in
            Result { () throws(ArtifactFailure) -> (files: [Artifact], measured: MapMeasurer.Measured?) in
                guard isEvaluated[place], case .success(let content) = prepared[place].content,
                    case .success(let found) = findings[place]
                else { return ([], nil) }
                let map = maps?.map(of: found)
                let files = try renderer?.render(batch[place], content, found, map: map) ?? []
                guard let measurer, let map else { return (files, nil) }
                do {
                    return (files, try measurer.measure(map, of: batch[place], content.input, thread: thread))
                } catch {
                    throw ArtifactFailure("\(error)")
                }
            }
        }
        var artifacts: [Artifact] = []
        for (place, outcome) in made.enumerated() {
            switch outcome {
            case .success(let (files, measured)):
                artifacts += files
                if let measured, case .evaluated(var found) = results[place].outcome {
                    (found.mapProfile, found.pixelHistogram) = (measured.profile, measured.histogram)
                    results[place].outcome = .evaluated(found)
                }
            case .failure(let failure): results[place].outcome = .failed(ImageFailure(.evaluation, "\(failure)"))
            }
        }
        return artifacts
    }

    /// The sample on which the precision `fast` is compared with `exact`. An image that fails in `exact` alone fails.
    private func addExact(
        to results: inout [ImageResult], _ batch: [LeasedImage], _ prepared: [PreparedImage]
    ) throws {
        var places: [Int] = []
        var pictures: [Picture] = []
        for place in batch.indices where options.isSampled(batch[place].index) {
            guard case .evaluated = results[place].outcome, case .success(let content) = prepared[place].content
            else { continue }
            places.append(place)
            pictures.append(Picture(pixels: content.input.pixels, label: Int(batch[place].label)))
        }
        guard !pictures.isEmpty else { return }
        let found = try backend.evaluateEach(pictures, options: options.localization, precision: .exact)
        for (place, found) in zip(places, found) {
            guard case .evaluated(var evaluated) = results[place].outcome else { continue }
            switch found {
            case .success(let found):
                evaluated.exact = .init(label: UInt32(found.top5[0]), box: Rectangle(found.box))
                results[place].outcome = .evaluated(evaluated)
            case .failure(let error):
                results[place].outcome = .failed(ImageFailure(.evaluation, "in precision exact: \(error)"))
            }
        }
    }

    private func prepare(_ batch: [LeasedImage], files: Files) -> [PreparedImage] {
        pool.map(batch.count) { [self] index, thread in
            // Taken, so that the bytes are gone when they are decoded and not kept through both passes.
            preparer.prepare(batch[index], files.take(index), with: preprocessors[thread])
        }
    }

    private func evaluated(_ content: PreparedImage.Content, _ found: Finding) -> ImageResult.Evaluated {
        let match = options.iou.bestMatch(of: found.box, among: content.boxes)
        let input = content.input
        return ImageResult.Evaluated(
            top5: found.top5.map { UInt32($0) }, scores: found.scores, box: Rectangle(found.box),
            boxOriginal: Rectangle(input.geometry.original(found.box)), iou: match?.iou ?? 0,
            groundTruthIndex: match.flatMap { $0.iou > 0 ? UInt32($0.index) : nil }, droppedMass: found.droppedMass,
            ties: found.ties, ineligible: found.ineligible, isEmpty: found.isEmpty, width: UInt32(input.width),
            height: UInt32(input.height))
    }

    /// The files of one batch, on their way, or what they are decoded to.
    public final class ReadAhead: @unchecked Sendable {
        private let done = DispatchSemaphore(value: 0)
        private var content: Content?

        fileprivate enum Content {
            case files(Files)
            case inputs([PreparedImage])

            /// Images of the lease that it is of, the first ones.
            var count: Int {
                switch self {
                case .files(let files): files.count
                case .inputs(let inputs): inputs.count
                }
            }
        }

        fileprivate func finish(_ content: Content) {
            self.content = content
            done.signal()
        }

        /// Once only.
        fileprivate func wait() -> Content {
            done.wait()
            defer { content = nil }
            return content!
        }
    }

    /// The files of one batch; each is taken once, by any thread.
    fileprivate final class Files: @unchecked Sendable {
        private let lock = Lock()
        private var files: [Result<ImageFile, ImageFailure>?]
        let count: Int

        init(_ files: [Result<ImageFile, ImageFailure>]) {
            self.files = files
            count = files.count
        }

        func take(_ index: Int) -> Result<ImageFile, ImageFailure> {
            lock.withLock {
                defer { files[index] = nil }
                return files[index]!
            }
        }
    }
}
