import Bytes
import Dataset
import Evaluation
import SelectiveTuning

/// The frames in which annotations have their boxes, for commands that evaluate no pixel: the annotated size or, where there is
/// none, that of the image file. What speaks against them is counted.
struct BoxFrames {
    /// Images whose size comes from their file.
    private(set) var fromFiles = 0
    /// Images of which a box leaves the frame, and the first of them.
    private(set) var mismatches = 0
    private(set) var firstMismatch: String?
    /// Images whose file has another size than annotated, and the first of them.
    private(set) var otherSizes = 0
    private(set) var firstOtherSize: String?
    private(set) var images = 0
    private var sizes = SHA256()

    /// What is known of the frame of one image.
    struct Frame {
        var width: Int
        var height: Int
        /// A box leaves it by more than a pixel.
        var isMismatch: Bool
    }

    /// Nil where neither the annotation nor a file has a size.
    mutating func frame(of entry: ManifestEntry) -> Frame? {
        let file = entry.image.flatMap { JPEGSize.read($0) }
        let size: (width: Int, height: Int)
        if let width = entry.declaredWidth, let height = entry.declaredHeight {
            size = (width, height)
            if let file, file != size {
                otherSizes += 1
                firstOtherSize = firstOtherSize ?? entry.id
            }
        } else if let file {
            size = file
            fromFiles += 1
            sizes.update("\(entry.id) \(file.width)x\(file.height)\n")
        } else {
            return nil
        }
        images += 1
        // Of one size with itself: nothing can be contradicted, only left.
        let fit = try? AnnotationFit(
            boxes: entry.boxes, declaredWidth: size.width, declaredHeight: size.height, width: size.width,
            height: size.height)
        let isMismatch = fit?.kind != .asAnnotated
        if isMismatch {
            mismatches += 1
            firstMismatch = firstMismatch ?? entry.id
        }
        return Frame(width: size.width, height: size.height, isMismatch: isMismatch)
    }

    /// SHA-256 over the sizes that come from files, which the annotations do not tell; nil where none does.
    var sizesDigest: String? {
        var digest = sizes
        return fromFiles == 0 ? nil : digest.finalizeHex()
    }

    /// Why numbers made of these boxes are no result; nil where nothing speaks against them.
    var problem: String? {
        guard let firstMismatch, mismatches * 1000 > images * Certificate.mismatchesInAThousand else { return nil }
        return Certificate.mismatchReason(mismatches, of: images, first: firstMismatch)
    }

    /// For people; empty where all is as it should be.
    var notes: [String] {
        var notes: [String] = []
        if fromFiles > 0 { notes.append("\(fromFiles) images have no annotated size: that of their files is used.") }
        if let firstOtherSize {
            notes.append(
                "\(otherSizes) image files are of another size than annotated, the first is \(firstOtherSize): boxes are "
                    + "taken to be in the annotated image's pixels.")
        }
        return notes
    }
}
