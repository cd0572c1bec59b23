import Bytes
import Dataset
import Evaluation
import Foundation
import Protocol
import SelectiveTuning

/// Evaluates leased images on one backend: read, decode and resize, bottom-up, top-down, box and IoU, in batches.
///
/// The files of the next batch are read while the current one is computed; decoding and both passes use the same
/// threads one after the other, so that they never compete. Memory is bounded by two batches.
public final class LeaseEvaluator: @unchecked Sendable {
    private let backend: any Backend
    private let images: [String: String]
    private let options: JobOptions
    private let pool: ThreadPool
    private let preprocessors: [Preprocessor]
    private let inputSize: Int
    private let readers = DispatchQueue(label: "stnet.reader")

    /// `images` maps an image's id to its file.
    public init(backend: any Backend, images: [String: String], options: JobOptions, pool: ThreadPool) {
        self.backend = backend
        self.images = images
        self.options = options
        self.pool = pool
        inputSize = backend.network.inputSize
        preprocessors = (0..<pool.threads).map { _ in Preprocessor() }
    }

    /// Evaluates all images of a lease; `deliver` gets each batch's results in the lease's order. Throws what ends the
    /// node, not what is wrong with one image.
    public func evaluate(_ leased: [LeasedImage], deliver: ([ImageResult]) -> Void) throws {
        let batches = stride(from: 0, to: leased.count, by: backend.batchCapacity).map {
            Array(leased[$0..<min($0 + backend.batchCapacity, leased.count)])
        }
        var ahead = batches.first.map { readAhead($0) }
        for (number, batch) in batches.enumerated() {
            let files = ahead!.wait()
            ahead = number + 1 < batches.count ? readAhead(batches[number + 1]) : nil
            deliver(try evaluate(batch, files: files))
        }
    }

    private func evaluate(_ batch: [LeasedImage], files: [Result<ImageFile, ImageFailure>]) throws -> [ImageResult] {
        let inputs = prepare(batch, files: files)
        var pictures: [Picture] = []
        for (image, input) in zip(batch, inputs) {
            if case .success(let input) = input {
                pictures.append(Picture(pixels: input.pixels, label: Int(image.label)))
            }
        }
        var found = try backend.evaluate(pictures, options: options.localization)[...]
        return zip(batch, inputs).map { image, input in
            switch input {
            case .success(let input): result(image, input, found.removeFirst())
            case .failure(let failure): ImageResult(index: image.index, outcome: .failed(failure))
            }
        }
    }

    /// An image's bytes and its file's name without the directory.
    private struct ImageFile: Sendable {
        let name: String
        let bytes: [UInt8]
    }

    /// Bytes of an image file at the most; the largest of the 50,000 has some 4 MB.
    private static let largestFile = 256 << 20

    private func prepare(_ batch: [LeasedImage], files: [Result<ImageFile, ImageFailure>])
        -> [Result<PreparedInput, ImageFailure>]
    {
        pool.map(batch.count) { [self] index, thread in
            files[index].flatMap { file in
                do {
                    return try file.bytes.withUnsafeBytes { bytes in
                        .success(
                            try preprocessors[thread].prepare(
                                bytes: bytes, name: file.name, preset: options.preset, inputSize: inputSize))
                    }
                } catch {
                    return .failure(ImageFailure(.content, "\(error)"))
                }
            }
        }
    }

    private func readAhead(_ batch: [LeasedImage]) -> ReadAhead {
        let ahead = ReadAhead()
        readers.async { [images] in
            ahead.finish(
                batch.map { image in
                    guard let path = images[image.id] else {
                        return .failure(ImageFailure(.unavailable, "no image file has the stem \(image.id)"))
                    }
                    do throws(FileError) {
                        let bytes = try WholeFile.read(path: path, limit: LeaseEvaluator.largestFile)
                        return .success(ImageFile(name: (path as NSString).lastPathComponent, bytes: bytes))
                    } catch {
                        return .failure(ImageFailure(.unavailable, "cannot \(error.operation): \(error.reason)"))
                    }
                })
        }
        return ahead
    }

    private func result(_ image: LeasedImage, _ input: PreparedInput, _ found: Finding) -> ImageResult {
        let boxes = image.boxes.map { input.geometry.map(Box($0)) }
        let match = options.iou.bestMatch(of: found.box, among: boxes)
        return ImageResult(
            index: image.index,
            outcome: .evaluated(
                .init(
                    top5: found.top5.map { UInt32($0) }, scores: found.scores, box: Rectangle(found.box),
                    boxOriginal: Rectangle(input.geometry.original(found.box)), iou: match?.iou ?? 0,
                    groundTruthIndex: match.flatMap { $0.iou > 0 ? UInt32($0.index) : nil },
                    droppedMass: found.droppedMass, ties: found.ties, ineligible: found.ineligible,
                    isEmpty: found.isEmpty, width: UInt32(input.width), height: UInt32(input.height))))
    }

    /// The files of one batch, on their way.
    private final class ReadAhead: @unchecked Sendable {
        private let done = DispatchSemaphore(value: 0)
        private var files: [Result<ImageFile, ImageFailure>] = []

        func finish(_ files: [Result<ImageFile, ImageFailure>]) {
            self.files = files
            done.signal()
        }

        func wait() -> [Result<ImageFile, ImageFailure>] {
            done.wait()
            return files
        }
    }
}

extension Box {
    public init(_ rectangle: Rectangle) { self.init(rectangle.x0, rectangle.y0, rectangle.x1, rectangle.y1) }
}

extension Rectangle {
    public init(_ box: Box) { self.init(x0: box.x0, y0: box.y0, x1: box.x1, y1: box.y1) }
}
