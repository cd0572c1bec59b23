import Bytes
import SelectiveTuning

/// The boxes of images that have masks: around each mask's object, in pixels of the annotated size, the last pixel included.
enum MaskBoxes {
    struct Found {
        var boxes: [Box]
        /// Where each image's boxes end.
        var ends: [UInt32]
        /// What was given, with the files' digests.
        var names: [MaskNames]
        /// Sentences for the user.
        var notes: [String]
    }

    private struct Size: Hashable {
        var width: Int
        var height: Int
    }

    /// What is found in one image's masks.
    private enum Outcome: Sendable {
        case boxes([Box], sha256: String, otherShape: String?)
        case failed(DatasetError)
        /// No file of this name.
        case missing(String)
    }

    /// Reads each mask once, on all cores.
    /// - Throws: `DatasetError` for masks that are not there, all of them together, or that cannot be read, the first in the
    ///   list's order, and for an image whose masks are all black.
    static func find(
        _ names: [MaskNames], of ids: PackedStrings, widths: [UInt32], heights: [UInt32], folder: String
    ) throws(DatasetError) -> Found {
        guard FileTree.isFolder(folder) else {
            throw .file(FileError(path: folder, operation: "search", reason: "no folder: --masks DIR"))
        }
        let pool: ThreadPool
        do {
            pool = try ThreadPool(threads: Processors.available)
        } catch {
            throw .file(FileError(path: folder, operation: "read", reason: "\(error)"))
        }
        let work = WorkMeter("reading masks", of: names.count, "images")
        let outcomes = pool.map(names.count) { place, _ in
            defer { work.advance() }
            return outcome(
                names[place], id: ids[place], Size(width: Int(widths[place]), height: Int(heights[place])), folder)
        }
        work.end()
        var found = Found(boxes: [], ends: [], names: names, notes: [])
        var missing: [(id: String, name: String)] = []
        var others: [String] = []
        var failure: DatasetError?
        for (place, outcome) in outcomes.enumerated() {
            switch outcome {
            case .boxes(let boxes, let sha256, let otherShape):
                found.boxes += boxes
                found.names[place].sha256 = sha256
                if let otherShape { others.append(otherShape) }
            case .missing(let name): missing.append((ids[place], name))
            case .failed(let error): failure = failure ?? error
            }
            found.ends.append(UInt32(found.boxes.count))
        }
        if let first = missing.first {
            let more =
                missing.count == 1
                ? "" : ", and masks of \(missing.count - 1) other image\(missing.count == 2 ? "" : "s")"
            throw .field(
                file: folder, line: nil, field: "masks", found: "no file \(first.name) of \(first.id)\(more)",
                expected: "every mask that \(WSOLFiles.boxes) lists: --masks DIR is the folder in which its paths begin"
            )
        }
        if let failure { throw failure }
        if let first = others.first {
            found.notes.append(
                "\(others.count) image\(others.count == 1 ? " has a mask" : "s have masks") of another shape than the image, "
                    + "the first is \(first): masks are taken to show the whole image")
        }
        return found
    }

    private static func outcome(_ names: MaskNames, id: String, _ size: Size, _ folder: String) -> Outcome {
        var boxes: [Box] = []
        var otherShape: String?
        for name in names.objects + names.ignored where !FileTree.isRegularFile(folder + "/" + name) {
            return .missing(name)
        }
        var digest = SHA256()
        for (place, name) in (names.objects + names.ignored).enumerated() {
            do throws(DatasetError) {
                let path = folder + "/" + name
                let bytes = try MaskFile.bytes(path: path)
                digest.update(SHA256.hex(bytes) + "\n")
                // A mask of what is ignored is looked at now, too, rather than after hours of work.
                let mask = try PNGReader.gray(bytes, file: path)
                guard place < names.objects.count else { continue }
                if let box = box(of: mask, in: size) { boxes.append(box) }
                if otherShape == nil, !hasShape(mask, of: size) {
                    otherShape = "\(name), \(mask.width) x \(mask.height) for \(size.width) x \(size.height)"
                }
            } catch {
                return .failed(error)
            }
        }
        guard !boxes.isEmpty else {
            return .failed(
                .field(
                    file: folder + "/" + names.objects[0], line: nil, field: "mask of \(id)",
                    found: "black pixels only, as in every mask of this image", expected: "an object"))
        }
        return .boxes(boxes, sha256: digest.finalizeHex(), otherShape: otherShape)
    }

    /// Nil for a mask that is all black.
    private static func box(of mask: GrayImage, in size: Size) -> Box? {
        var (left, top, right, bottom) = (mask.width, mask.height, -1, -1)
        mask.pixels.withUnsafeBufferPointer { pixels in
            for y in 0..<mask.height {
                let row = UnsafeBufferPointer(rebasing: pixels[y * mask.width..<(y + 1) * mask.width])
                guard let first = row.firstIndex(where: { $0 > MaskFile.black }) else { continue }
                left = min(left, first)
                right = max(right, row.lastIndex { $0 > MaskFile.black }!)
                top = min(top, y)
                bottom = y
            }
        }
        guard right >= 0 else { return nil }
        let (scaleX, scaleY) = (Double(size.width) / Double(mask.width), Double(size.height) / Double(mask.height))
        // From the first pixel's near edge to the last one's far edge.
        return Box(
            Float(Double(left) * scaleX), Float(Double(top) * scaleY),
            Float(max(Double(right + 1) * scaleX - 1, Double(left) * scaleX)),
            Float(max(Double(bottom + 1) * scaleY - 1, Double(top) * scaleY)))
    }

    private static func hasShape(_ mask: GrayImage, of size: Size) -> Bool {
        AnnotationFit.haveSameAspect((mask.width, mask.height), (size.width, size.height))
    }
}
