import Bytes
import Dataset
import Evaluation
import Jobs
import Protocol
import SelectiveTuning

@testable import Coordinator

/// What all simulated runs are about: images of 128 x 96 pixels with one box each, a network of 10 classes.
enum SimulatedRun {
    static let inputSize = 64
    static let classes = 10
    static let options = JobOptions(measuresMaps: true, pixelThresholds: 10)
    static let fingerprint = JournalFingerprint(["manifest_sha256": "simulated"])
    static let job = Job(
        network: "simulated", networkDescription: nil, weightsSHA256: "", weightsBytes: 1 << 20, options: [:])
    static let file = FileDigest(of: Array("the image".utf8))
    static let copy = OwnCopy(Array("the image".utf8))
    static let numerics = "numerics"

    private static let annotations: [Annotation] = (0..<300).map(annotation)
    private static let small: [Manifest] = (0...300).map { make(Array(annotations.prefix($0))) }

    static func manifest(_ images: Int) -> Manifest {
        images <= 300 ? small[images] : make((0..<images).map(annotation))
    }

    private static func make(_ annotations: [Annotation]) -> Manifest {
        try! Manifest(annotations: annotations, images: [:])
    }

    private static func annotation(_ image: Int) -> Annotation {
        let digits = String(image)
        return Annotation(
            id: "i" + String(repeating: "0", count: 7 - digits.count) + digits, label: image % classes,
            boxes: [Box(30, 10, 90, 80)], declaredWidth: 128, declaredHeight: 96)
    }

    /// What every honest node finds, by the image's class.
    private static let found: [ImageResult.Evaluated] = {
        let geometry = Geometry(preset: options.preset, inputSize: inputSize, width: 128, height: 96)
        let fit = try! manifest(1).entries[0].fit(width: 128, height: 96)
        let box = Box(10, 8, 40, 50)
        let match = options.iou.bestMatch(of: box, among: fit.boxes.map(geometry.map))!
        return (0..<classes).map { label in
            let others = (0..<UInt32(classes)).filter { $0 != label }.prefix(4)
            return ImageResult.Evaluated(
                top5: [UInt32(label)] + others, scores: [9, 8.5, 3, 2, -1], box: Rectangle(box),
                boxOriginal: Rectangle(geometry.original(box)), iou: match.iou,
                groundTruthIndex: match.iou > 0 ? UInt32(match.index) : nil, droppedMass: 1 << 40, ties: 3,
                ineligible: 2, isEmpty: false, width: 128, height: 96,
                mapProfile: profile.encoded, pixelHistogram: histogram.encoded)
        }
    }()

    /// Of a square hill in the corner, against the mask.
    private static let (profile, histogram): (MapProfile, PixelHistogram) = {
        let geometry = Geometry(preset: options.preset, inputSize: inputSize, width: 128, height: 96)
        let boxes = try! manifest(1).entries[0].fit(width: 128, height: 96).boxes
        let hill = (0..<inputSize * inputSize).map { Float($0 % inputSize < 40 && $0 / inputSize < 40 ? 1 : 0) }
        let profiler = MapProfiler(inputSize: inputSize, convention: options.iou)!
        let profile = profiler.profile(
            hill, width: inputSize, height: inputSize, truth: geometry.truthOfMaps(boxes, options.iou))
        let histogram = profiler.histogram(hill, width: inputSize, height: inputSize, mask, in: options.pixelBins!)
        return (profile, histogram)
    }()

    /// The upper half is the object's: the same of every image.
    private static let mask = PixelTruth(
        objects: [(0..<inputSize * inputSize).map { $0 < inputSize * inputSize / 2 ? 255 : 0 }], ignored: [], black: 0,
        inputSize: inputSize)

    /// No two nodes that are wrong are wrong in the same way.
    enum Finding { case honest, lie, different(Int64), otherFile(String) }

    static func result(_ image: Int, _ finding: Finding = .honest) -> ImageResult {
        var evaluated = found[image % classes]
        switch finding {
        case .honest, .otherFile: break
        case .lie: evaluated.iou = evaluated.iou / 2 + 0.001
        // In the map alone, in its pixels against the mask, or in the box's counts.
        case .different(let by) where by % 4 == 0:
            var other = histogram
            other.bins[0].background -= Int(by)
            other.bins[other.bins.count - 1].background += Int(by)
            evaluated.pixelHistogram = other.encoded
        case .different(let by) where by % 2 == 0:
            var other = profile
            other.massInside -= UInt32(by)
            evaluated.mapProfile = other.encoded
        case .different(let by): evaluated.ties += by
        }
        var found = file
        if case .otherFile(let name) = finding { found = FileDigest(of: Array("an image of \(name)".utf8)) }
        return ImageResult(index: UInt32(image), file: found, outcome: .evaluated(evaluated))
    }

    static let mapSide = 2

    /// A map that says what was found.
    static func picture(of found: ImageResult.Evaluated) -> [UInt8] {
        let map = [found.mapProfile, found.pixelHistogram].map { bytes in
            Float((bytes ?? []).reduce(0) { ($0 * 31 + Int($1)) % 65_521 })
        }
        return NumPyWriter.encode([Float(found.ties), Float(found.iou)] + map, shape: [mapSide, mapSide])
    }

    static func failure(_ image: Int, _ kind: ImageFailure.Kind) -> ImageResult {
        ImageResult(index: UInt32(image), outcome: .failed(ImageFailure(kind, "\(kind)")))
    }

    static func ledger(_ manifest: Manifest, _ storage: InMemoryStorage) throws -> Ledger {
        try Ledger.open(
            storage: storage, fingerprint: fingerprint, manifest: manifest, options: options, inputSize: inputSize,
            classes: classes, masks: InputMasks(manifest.entries.indices.lazy.map { _ in mask }))
    }
}
