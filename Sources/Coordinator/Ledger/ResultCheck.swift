import Dataset
import Evaluation
import Jobs
import Protocol
import SelectiveTuning

/// Recomputes of a result all that needs no network, so that a node which contradicts itself is found out.
struct ResultCheck: Sendable {
    let manifest: Manifest
    let options: JobOptions
    /// The side of the network's square input in pixels.
    let inputSize: Int
    /// The network's outputs.
    let classes: Int
    /// Of the counts in the network's results.
    let limits: ResultLimits
    /// The images' masks in the input, where maps are measured against them.
    let masks: InputMasks?

    static let longestFailure = 1000

    /// Throws for what no honest node sends. `droppedMass` has no bound: with `selection reference`, slightly negative
    /// products win too, so that gating of either sign, and of more than 1 in all, can be dropped.
    func check(_ result: ImageResult) throws(ResultRefusal) {
        guard let entry = entry(result.index) else {
            throw ResultRefusal(
                image: "image \(result.index)", field: "index", "is not one of the \(manifest.entries.count) images")
        }
        switch result.outcome {
        case .failed(let failure):
            guard (1...Self.longestFailure).contains(failure.text.utf8.count) else {
                throw ResultRefusal(
                    image: entry.id, field: "failure text",
                    "has \(failure.text.utf8.count) bytes, expected 1...\(Self.longestFailure)")
            }
        case .evaluated(let found):
            guard result.file != nil else {
                throw ResultRefusal(image: entry.id, field: "image file", "is missing: of which bytes is the result?")
            }
            try checkClasses(found, entry)
            try checkCounts(found, entry)
            try checkBoxes(found, entry)
            try checkExact(found, entry, index: result.index)
            try checkMap(found, entry, index: result.index)
        }
    }

    /// As `check`, and throws for what a node cannot find.
    func checkReported(_ result: ImageResult) throws(ResultRefusal) {
        if case .failed(let failure) = result.outcome, failure.kind == .abandoned {
            throw ResultRefusal(
                image: entry(result.index)?.id ?? "image \(result.index)", field: "failure",
                "is of the kind \(failure.kind.rawValue), which only the coordinator finds")
        }
        try check(result)
    }

    /// What the precision `fast` is compared with: there for the images of the sample, and for no others.
    private func checkExact(_ found: ImageResult.Evaluated, _ entry: ManifestEntry, index: UInt32)
        throws(ResultRefusal)
    {
        let isSampled = options.isSampled(index)
        guard (found.exact != nil) == isSampled else {
            throw ResultRefusal(image: entry.id, field: "exact", isSampled ? "is missing" : "was not asked for")
        }
        guard let exact = found.exact else { return }
        guard Int(exact.label) < classes else {
            throw ResultRefusal(image: entry.id, field: "exact", "has class \(exact.label) of \(classes)")
        }
        guard isInInput(exact.box) else {
            throw ResultRefusal(image: entry.id, field: "exact", "has the box \(text(exact.box))")
        }
    }

    /// Every IoU is computed anew from the boxes; that no other contour fits better cannot be told without the map.
    private func checkMap(
        _ found: ImageResult.Evaluated, _ entry: ManifestEntry, index: UInt32
    ) throws(ResultRefusal) {
        let mask = options.pixelBins == nil ? nil : mask(of: index)
        for (field, isThere, isExpected) in [
            ("map profile", found.mapProfile != nil, options.measuresMaps),
            ("pixel histogram", found.pixelHistogram != nil, mask != nil),
        ] where isThere != isExpected {
            throw ResultRefusal(image: entry.id, field: field, isExpected ? "is missing" : "was not asked for")
        }
        guard let bytes = found.mapProfile else { return }
        let profile: MapProfile
        do throws(MapProfile.Malformed) {
            profile = try MapProfile(bytes, inputSize: inputSize)
            try profile.check(truth: mapTruth(found, entry), inputSize: inputSize, convention: options.iou)
        } catch {
            throw ResultRefusal(image: entry.id, field: "map profile", "\(error)")
        }
        guard let bytes = found.pixelHistogram, let mask, let bins = options.pixelBins else { return }
        do throws(MalformedPixels) {
            try PixelHistogram(bytes, in: bins).check(try PixelTruth.counts(mask, inputSize: inputSize), profile)
        } catch {
            throw ResultRefusal(image: entry.id, field: "pixel histogram", "\(error)")
        }
    }

    /// As it travels in a lease; nil for an image without masks.
    func mask(of index: UInt32) -> [UInt8]? { masks?[Int(index)] }

    /// The true boxes with which an image's map is compared, in the input frame of the decoded size.
    func mapTruth(_ found: ImageResult.Evaluated, _ entry: ManifestEntry) -> [Box] {
        geometry(found).truthOfMaps(fit(found, entry)?.boxes ?? entry.boxes, options.iou)
    }

    private func checkClasses(_ found: ImageResult.Evaluated, _ entry: ManifestEntry) throws(ResultRefusal) {
        let expected = min(5, classes)
        let (top5, scores) = (found.top5, found.scores)
        guard top5.count == expected else {
            throw ResultRefusal(image: entry.id, field: "top5", "has \(top5.count) classes, expected \(expected)")
        }
        guard scores.count == expected else {
            throw ResultRefusal(image: entry.id, field: "scores", "has \(scores.count) values, expected \(expected)")
        }
        for place in top5.indices {
            guard Int(top5[place]) < classes else {
                throw ResultRefusal(image: entry.id, field: "top5", "has class \(top5[place]) of \(classes)")
            }
            guard !top5[..<place].contains(top5[place]) else {
                throw ResultRefusal(image: entry.id, field: "top5", "has class \(top5[place]) twice")
            }
            guard !scores[place].isNaN else {
                throw ResultRefusal(image: entry.id, field: "scores", "has a value that is not a number")
            }
            guard place > 0 else { continue }
            let (before, here) = (scores[place - 1], scores[place])
            guard before > here || (before == here && top5[place - 1] < top5[place]) else {
                throw ResultRefusal(
                    image: entry.id, field: "scores",
                    "are not in order: \(before) of class \(top5[place - 1]) before \(here) of class \(top5[place])")
            }
        }
    }

    private func checkCounts(_ found: ImageResult.Evaluated, _ entry: ManifestEntry) throws(ResultRefusal) {
        for (field, value, limit) in [
            ("ties", found.ties, limits.ties), ("ineligible", found.ineligible, limits.ineligible),
        ] {
            guard (0...limit).contains(value) else {
                throw ResultRefusal(image: entry.id, field: field, "is \(value), expected 0...\(limit) in this network")
            }
        }
    }

    private func checkBoxes(_ found: ImageResult.Evaluated, _ entry: ManifestEntry) throws(ResultRefusal) {
        let sizes: ClosedRange<UInt32> = 1...1 << 16
        guard sizes.contains(found.width) && sizes.contains(found.height) else {
            throw ResultRefusal(image: entry.id, field: "size", "is \(found.width)x\(found.height) pixels")
        }
        let box = found.box
        guard isInInput(box) else {
            throw ResultRefusal(
                image: entry.id, field: "box", "is \(text(box)), expected x0 <= x1 and y0 <= y1 within 0...\(inputSize)"
            )
        }
        // An all-zero map has this box (`localize`).
        guard !found.isEmpty || bits(box) == bits(Rectangle(x0: 0, y0: 0, x1: 1, y1: 1)) else {
            throw ResultRefusal(image: entry.id, field: "box", "is \(text(box)), but the map is said to be empty")
        }
        let geometry = geometry(found)
        let original = Rectangle(geometry.original(Box(box)))
        guard bits(found.boxOriginal) == bits(original) else {
            throw ResultRefusal(
                image: entry.id, field: "box in the original",
                "is \(text(found.boxOriginal)), but its box gives "
                    + text(original))
        }
        let boxes: [Box]
        do throws(AnnotationFit.Contradiction) {
            boxes = try entry.fit(width: Int(found.width), height: Int(found.height)).boxes
        } catch {
            throw ResultRefusal(image: entry.id, field: "size", "is no size to evaluate: \(error)")
        }
        let match = options.iou.bestMatch(of: Box(box), among: boxes.map(geometry.map))
        let iou = match?.iou ?? 0
        guard iou.bitPattern == found.iou.bitPattern else {
            throw ResultRefusal(image: entry.id, field: "IoU", "is \(found.iou), but its box gives \(iou)")
        }
        let truth = match.flatMap { $0.iou > 0 ? UInt32($0.index) : nil }
        guard truth == found.groundTruthIndex else {
            throw ResultRefusal(
                image: entry.id, field: "ground-truth index",
                "is \(name(found.groundTruthIndex)), but its box gives \(name(truth))")
        }
    }

    private func isInInput(_ box: Rectangle) -> Bool {
        let limit = Float(inputSize)
        // Not-a-number fails every comparison; minus zero is no coordinate that a read-out gives.
        let isInside = [box.x0, box.y0, box.x1, box.y1].allSatisfy { $0 >= 0 && $0 <= limit && $0.sign == .plus }
        return isInside && box.x0 <= box.x1 && box.y0 <= box.y1
    }

    func entry(_ index: UInt32) -> ManifestEntry? {
        let index = Int(index)
        return manifest.entries.indices.contains(index) ? manifest.entries[index] : nil
    }

    /// Of a result that was checked: what is kept of it beside the journal's record at `offset`.
    func place(_ entry: ResultEntry, at offset: UInt64) -> ResultPlace {
        ResultPlace(
            entry.result.outcome, label: manifest.entries[Int(entry.result.index)].label,
            isFileCompared: entry.isFileCompared, at: offset)
    }

    /// Of a result whose size was checked.
    func geometry(_ found: ImageResult.Evaluated) -> Geometry {
        Geometry(preset: options.preset, inputSize: inputSize, width: Int(found.width), height: Int(found.height))
    }

    /// Of a result that was checked, whose size therefore does not contradict the annotation.
    func fit(_ found: ImageResult.Evaluated, _ entry: ManifestEntry) -> AnnotationFit? {
        try? entry.fit(width: Int(found.width), height: Int(found.height))
    }

    private func bits(_ box: Rectangle) -> [UInt32] { [box.x0, box.y0, box.x1, box.y1].map(\.bitPattern) }
    private func text(_ box: Rectangle) -> String { "[\(box.x0), \(box.y0), \(box.x1), \(box.y1)]" }
    private func name(_ index: UInt32?) -> String { index.map { "\($0)" } ?? "none" }
}
