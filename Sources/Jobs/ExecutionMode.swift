import Protocol

/// What a run makes beside its records and metrics, named as its users know it.
public enum ExecutionMode: String, CaseIterable, Sendable {
    /// Nothing.
    case boxEvaluation = "bbox_eval"
    /// The input with the ground-truth boxes and the predicted one.
    case boxPictures = "bbox_viz"
    /// The class-hypothesis map.
    case hypothesisPictures = "ch_viz"

    /// What a node makes of each image; nil for none.
    public var picture: ArtifactKind? {
        switch self {
        case .boxEvaluation: nil
        case .boxPictures: .boxPicture
        case .hypothesisPictures: .hypothesisPicture
        }
    }
}
