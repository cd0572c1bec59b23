import SelectiveTuning

/// Where a node has a job's weights from.
public enum WeightsSource: Sendable {
    /// One file that is open already, with the lower-case hexadecimal SHA-256 of its bytes: the embedded node.
    case file(WeightFile, sha256: String)
    /// By digest, or from the coordinator.
    case cache(WeightsCache)
}
