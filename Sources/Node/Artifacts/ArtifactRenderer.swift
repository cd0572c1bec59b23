import Dataset
import Drawing
import Evaluation
import Jobs
import Protocol
import SelectiveTuning

/// Makes the files of an image from what was found in it. The same finding gives the same bytes on every node.
public struct ArtifactRenderer: Sendable {
    private let options: JobOptions
    private let inputSize: Int
    private let classes: ClassIndex

    /// Nil where the job makes no files.
    public init?(network: Network, options: JobOptions) {
        guard !options.artifacts.kinds.isEmpty else { return nil }
        self.options = options
        inputSize = network.inputSize
        classes = (try? .of(network)) ?? .ilsvrc2012
    }

    /// One file of each kind that the job asks for.
    /// - Parameter map: the image's; there where a kind shows or keeps it.
    func render(
        _ image: LeasedImage, _ content: PreparedImage.Content, _ found: Finding, map: ClassHypothesisMap?
    ) throws(ArtifactFailure) -> [Artifact] {
        let picture = RGBImage(width: inputSize, height: inputSize, pixels: content.input.pixels)
        var artifacts: [Artifact] = []
        for kind in options.artifacts.kinds {
            let bytes: [UInt8]
            switch kind {
            case .boxPicture: bytes = try boxPicture(picture, image, content.boxes, found)
            case .hypothesisPicture:
                let caption = HypothesisCaption(
                    kind: options.localization.method.mapTitle, className: name(of: start(image, found)))
                bytes =
                    options.artifacts.overlay
                    ? HypothesisPicture.png(map!, over: picture, caption: caption)
                    : HypothesisPicture.png(map!, caption: caption)
            case .scoreMap: bytes = NumPyWriter.encode(map!.values, shape: [inputSize, inputSize])
            case .normalisedMap:
                bytes = NumPyWriter.encode64(NormalisedMap.values(map!.values), shape: [inputSize, inputSize])
            }
            guard (1...WireLimits.artifact).contains(bytes.count) else {
                throw ArtifactFailure(
                    "its file \(kind.suffix) has \(bytes.count) bytes, at most \(WireLimits.artifact) are sent")
            }
            artifacts.append(Artifact(index: image.index, kind: kind, bytes: bytes))
        }
        return artifacts
    }

    private func boxPicture(
        _ picture: RGBImage, _ image: LeasedImage, _ boxes: [Box], _ found: Finding
    ) throws(ArtifactFailure) -> [UInt8] {
        // As in the record.
        let match = options.iou.bestMatch(of: found.box, among: boxes)
        let iou = match?.iou ?? 0
        let caption = BoxCaption(
            trueClass: name(of: Int(image.label)), predictedClass: name(of: found.top5[0]),
            isOfPrediction: options.localization.classSource != .label, iou: iou,
            bestMatch: iou > 0 ? match?.index : nil, isEmpty: found.isEmpty)
        let drawn = BoxPicture.draw(on: picture, groundTruth: boxes, found: found.box, caption: caption)
        do {
            // Thin coloured lines would bleed with a quarter of the colours.
            return try JPEGEncoder.encode(drawn, quality: 92, subsampling: .full)
        } catch {
            throw ArtifactFailure("\(error)")
        }
    }

    /// The class from which the pass began.
    private func start(_ image: LeasedImage, _ found: Finding) -> Int {
        options.localization.classSource == .label ? Int(image.label) : found.top5[0]
    }

    /// The first of a class's words: "tabby" of "tabby, tabby cat".
    private func name(of label: Int) -> String {
        guard label < classes.count else { return "class \(label)" }
        let words = classes.words(label)
        return String(words.prefix { $0 != "," })
    }
}

/// Why an image has no picture.
struct ArtifactFailure: Error, CustomStringConvertible, Sendable {
    let description: String
    init(_ description: String) { self.description = description }
}
