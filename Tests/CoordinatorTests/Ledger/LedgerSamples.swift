import Bytes
import Coordinator
import Dataset
import Evaluation
import Jobs
import Node
import Protocol
import SelectiveTuning

/// A small run: images "a", "b", ... of 128 x 96 pixels with two boxes each, a network of 10 classes with an input of
/// 64 pixels.
struct LedgerSamples {
    static let inputSize = 64
    static let classes = 10
    static let fingerprint = JournalFingerprint(["manifest_sha256": "sample"])

    let manifest: Manifest
    var options = JobOptions()
    var limits = ResultLimits.none
    /// Of all images but the last, where maps are measured against them.
    var masks: InputMasks?

    init(images: Int = 4, declaredWidth: Int? = 128) throws {
        let annotations = (0..<images).map { image in
            Annotation(
                id: Self.id(image), label: image % Self.classes,
                boxes: [Box(30, 10, 90, 80), Box(20, 20, 60, 60)], declaredWidth: declaredWidth,
                declaredHeight: declaredWidth.map { _ in 96 })
        }
        manifest = try Manifest(annotations: annotations, images: [:])
    }

    static func id(_ image: Int) -> String { String(UnicodeScalar(UInt8(97 + image % 26))) + String(image / 26) }

    func open(_ storage: InMemoryStorage, retryFailures: Bool = true) throws -> Ledger {
        try Ledger.open(
            storage: storage, fingerprint: Self.fingerprint, manifest: manifest, options: options,
            inputSize: Self.inputSize, classes: Self.classes, limits: limits, masks: masks,
            retryFailures: retryFailures)
    }

    /// Measures maps, also against masks.
    func measured() -> LedgerSamples {
        var samples = self
        samples.options.measuresMaps = true
        samples.options.pixelThresholds = 10
        samples.masks = InputMasks((0..<manifest.entries.count).map { $0 + 1 == manifest.entries.count ? nil : mask })
        return samples
    }

    /// The left half is the object's, but for a stripe that is ignored.
    private var mask: PixelTruth {
        func shades(_ isMeant: (Int) -> Bool) -> [UInt8] {
            (0..<Self.inputSize * Self.inputSize).map { isMeant($0 % Self.inputSize) ? 255 : 0 }
        }
        return PixelTruth(
            objects: [shades { $0 < 32 }], ignored: [shades { 28..<40 ~= $0 }], black: 0, inputSize: Self.inputSize)
    }

    /// What an honest node finds; the true class comes first for images with an even index.
    func found(_ image: Int, box: Box = Box(10, 8, 40, 50), width: Int = 128) -> ImageResult.Evaluated {
        let geometry = Geometry(preset: options.preset, inputSize: Self.inputSize, width: width, height: 96)
        let fit = try! manifest.entries[image].fit(width: width, height: 96)
        let match = options.iou.bestMatch(of: box, among: fit.boxes.map(geometry.map))!
        let label = UInt32(manifest.entries[image].label)
        let others = (0..<UInt32(Self.classes)).filter { $0 != label }.prefix(4)
        return ImageResult.Evaluated(
            top5: image % 2 == 0 ? [label] + others : [others[0], label] + others.dropFirst(),
            scores: [9, 8.5, 3, 2, -1], box: Rectangle(box), boxOriginal: Rectangle(geometry.original(box)),
            iou: match.iou, groundTruthIndex: match.iou > 0 ? UInt32(match.index) : nil, droppedMass: 1 << 40, ties: 3,
            ineligible: 2, isEmpty: false, width: UInt32(width), height: 96)
    }

    /// Of a map with a square hill of this side in the corner, against the mask.
    func histogram(hill: Int = 40) -> PixelHistogram {
        let profiler = MapProfiler(inputSize: Self.inputSize, convention: options.iou)!
        let map = map(hill: hill)
        _ = profiler.profile(map, width: Self.inputSize, height: Self.inputSize, truth: [])
        return profiler.histogram(map, width: Self.inputSize, height: Self.inputSize, mask, in: options.pixelBins!)
    }

    private func map(hill: Int) -> [Float] {
        (0..<Self.inputSize * Self.inputSize).map { place in
            Float(place % Self.inputSize < hill && place / Self.inputSize < hill ? 1 + place % 3 : 0)
        }
    }

    /// Likewise.
    func profile(_ image: Int, hill: Int = 40) -> [UInt8] {
        let geometry = Geometry(preset: options.preset, inputSize: Self.inputSize, width: 128, height: 96)
        let boxes = try! manifest.entries[image].fit(width: 128, height: 96).boxes
        let profiler = MapProfiler(inputSize: Self.inputSize, convention: options.iou)!
        return profiler.profile(
            map(hill: hill), width: Self.inputSize, height: Self.inputSize,
            truth: geometry.truthOfMaps(boxes, options.iou)
        ).encoded
    }

    func result(_ image: Int) -> ImageResult { result(image, found(image)) }

    func result(_ image: Int, _ found: ImageResult.Evaluated) -> ImageResult {
        ImageResult(index: UInt32(image), file: Self.file(image), outcome: .evaluated(found))
    }

    /// Each image's own.
    static func file(_ image: Int) -> FileDigest { FileDigest(of: Array("image \(image)".utf8)) }

    func failure(_ image: Int, _ text: String = "no image file has the stem") -> ImageResult {
        ImageResult(index: UInt32(image), outcome: .failed(.init(.unavailable, text)))
    }
}

extension Ledger {
    /// What the certificate has as `image_files`: the SHA-256 of the lines.
    func filesDigest() -> String { SHA256.hex(LedgerImages(self).images.compactMap(\.fileLine?.text).joined()) }

    /// As they are written, in manifest order.
    var records: [ImageRecord?] { LedgerImages(self).images.map(\.record) }
    var groundTruth: [GroundTruth?] { LedgerImages(self).images.map(\.truth) }
    func record(_ image: Int) -> ImageRecord? { records[image] }
}
