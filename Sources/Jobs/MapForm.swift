import Protocol

/// In which form `--save-maps` keeps a map; the map metrics are the same of both.
public enum MapForm: String, CaseIterable, Sendable {
    /// As the WSOL benchmark reads it: float64, from 0 to 1.
    case benchmark
    /// As it was made: float32, and whatever its unit is.
    case raw

    public var kind: ArtifactKind { self == .benchmark ? .normalisedMap : .scoreMap }
}
