import Dataset
import Evaluation
import Jobs
import Protocol
import SelectiveTuning

extension ResultCheck {
    /// Of the map of an image whose result passed `check`; nil where maps are not measured, and of a failed image.
    func map(_ result: ImageResult, _ entry: ManifestEntry) -> MapFinding? {
        guard case .evaluated(let found) = result.outcome, let bytes = found.mapProfile,
            let profile = try? MapProfile(bytes, inputSize: inputSize)
        else { return nil }
        return MapFinding(
            profile: profile, truth: mapTruth(found, entry), pixels: pixels(found, mask: mask(of: result.index)))
    }

    private func pixels(_ found: ImageResult.Evaluated, mask: [UInt8]?) -> PixelFinding? {
        guard let mask, let bins = options.pixelBins, let bytes = found.pixelHistogram,
            let histogram = try? PixelHistogram(bytes, in: bins),
            let truth = try? PixelTruth(mask, inputSize: inputSize)
        else { return nil }
        return PixelFinding(histogram: histogram, truth: truth)
    }

    /// The run's record of an image whose result passed `check`, and its boxes in the input frame of the decoded size for the
    /// baselines; no boxes for a failed image.
    func image(_ result: ImageResult, _ entry: ManifestEntry) -> (record: ImageRecord, truth: GroundTruth?) {
        switch result.outcome {
        case .failed(let failure):
            return (.failed(id: entry.id, label: entry.label, error: failure.text), nil)
        case .evaluated(let found):
            let fit = fit(found, entry)
            let boxes = (fit?.boxes ?? entry.boxes).map(geometry(found).map)
            var flags: [ImageRecord.Flag] = []
            if found.isEmpty { flags.append(.empty) }
            switch fit?.kind {
            case .asAnnotated: break
            case .resized: flags.append(.resized)
            case .mismatch, nil: flags.append(.sizeMismatch)
            }
            if boxes.allSatisfy({ $0.x0 >= $0.x1 || $0.y0 >= $0.y1 }) { flags.append(.groundTruthOutside) }
            let record = ImageRecord(
                id: entry.id, label: entry.label, top5: found.top5.map(Int.init), scores: found.scores,
                box: Box(found.box), boxOriginal: Box(found.boxOriginal), iou: found.iou,
                groundTruthIndex: found.groundTruthIndex.map(Int.init),
                droppedMass: Double(found.droppedMass) / Double(1 << 48), ties: Int(found.ties),
                ineligible: Int(found.ineligible), flags: flags,
                exact: found.exact.map { .init(label: Int($0.label), box: Box($0.box)) })
            return (record, GroundTruth(id: entry.id, label: entry.label, boxes: boxes, inputSize: inputSize))
        }
    }
}
