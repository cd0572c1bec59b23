import Drawing
import Protocol
import SelectiveTuning

/// The files that a run makes of each image beside its records.
public struct ArtifactOptions: Sendable, Hashable {
    public var mode: ExecutionMode
    /// Lay the class-hypothesis map over the input.
    public var overlay: Bool
    /// Keep the class-hypothesis map as numbers.
    public var savesMaps: Bool
    /// In which form.
    public var mapForm: MapForm
    /// Name of the read-out at which the map is made. The box stays at the localization's own.
    public var mapReadOut: String?

    public init(
        mode: ExecutionMode = .boxEvaluation, overlay: Bool = false, savesMaps: Bool = false,
        mapForm: MapForm = .benchmark, mapReadOut: String? = nil
    ) {
        self.mapForm = mapForm
        self.mode = mode
        self.overlay = overlay
        self.savesMaps = savesMaps
        self.mapReadOut = mapReadOut
    }

    public var needsMap: Bool { mode == .hypothesisPictures || savesMaps }

    /// In the order in which they are made.
    public var kinds: [ArtifactKind] { (mode.picture.map { [$0] } ?? []) + (savesMaps ? [mapForm.kind] : []) }

    /// Why an input of this side is too large for its files; nil where it is not.
    public func problem(inputSize side: Int) -> String? {
        for kind in kinds {
            let bytes = largestBytes(kind, side)
            if bytes > WireLimits.artifact {
                return
                    "a file of an input of \(side)x\(side) pixels may have \(bytes) bytes, more than the "
                    + "\(WireLimits.artifact) of an artifact"
            }
        }
        return nil
    }

    /// An upper bound: noise, stored as it is.
    private func largestBytes(_ kind: ArtifactKind, _ side: Int) -> Int {
        switch kind {
        case .boxPicture:
            let (width, height) = BoxPicture.size(inputSize: side)
            return width * height * 6 + 1024
        case .hypothesisPicture:
            let (width, height) = HypothesisPicture.size(inputSize: side)
            let pixels = height * (width * (overlay ? 3 : 1) + 1)
            return pixels + pixels / 1000 + 2048
        case .scoreMap: return side * side * 4 + 128
        case .normalisedMap: return side * side * 8 + 128
        }
    }
}
