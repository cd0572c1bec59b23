import Bytes
import Dataset
import Evaluation
import Jobs
import Protocol
import SelectiveTuning

/// The masks of a run's images in the network's input, as leases carry them: what maps are measured against. Packed, some hundred
/// bytes to some thousand an image.
public struct InputMasks: Sendable {
    private var bytes: [UInt8] = []
    /// Where each image's end.
    private var ends: [Int] = []

    /// - Parameter masks: one an image, in the manifest's order; nil for an image without masks.
    public init(_ masks: some Sequence<PixelTruth?>) {
        for mask in masks { append(mask?.encoded) }
    }

    /// Reads each mask file of the images, on several threads.
    /// - Parameter folder: in which the masks' paths begin.
    /// - Throws: `DatasetError` for one that cannot be read or is not what it was when the annotations were read, the first in
    ///   the manifest's order, and for one that no lease can carry.
    init(_ manifest: Manifest, folder: String, preset: Preprocessing, inputSize: Int, threads: Int) throws {
        let reader = MaskReader(folder: folder)
        let pool = try ThreadPool(threads: threads)
        let entries = manifest.entries
        let work = WorkMeter("bringing masks to the input", of: entries.count, "images")
        let found = pool.map(entries.count) { place, _ -> Result<[UInt8]?, DatasetError> in
            defer { work.advance() }
            let entry = entries[place]
            guard let names = entry.masks, let width = entry.declaredWidth, let height = entry.declaredHeight else {
                return .success(nil)
            }
            return Result { () throws(DatasetError) in
                let geometry = Geometry(preset: preset, inputSize: inputSize, width: width, height: height)
                let mask = try reader.truth(of: names, in: geometry).encoded
                if let problem = LeasedImage(index: 0, entry, mask: mask).wireProblem {
                    throw .field(
                        file: "\(folder)/\(names.objects[0])", line: nil, field: "mask of \(entry.id)", found: problem,
                        expected: "what one lease can carry")
                }
                return mask
            }
        }
        work.end()
        for mask in found { append(try mask.get()) }
    }

    private mutating func append(_ mask: [UInt8]?) {
        bytes += mask ?? []
        ends.append(bytes.count)
    }

    /// As a lease carries it (`PixelTruth.encoded`); nil for an image without masks.
    /// - Parameter image: its place in the manifest.
    subscript(image: Int) -> [UInt8]? {
        let start = image == 0 ? 0 : ends[image - 1]
        // Of no input are the masks empty.
        return start == ends[image] ? nil : Array(bytes[start..<ends[image]])
    }
}
