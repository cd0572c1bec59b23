/// A named choice of the method's options, for any network: every network has the picture itself as a read-out.
public enum MethodPreset: String, CaseIterable, Sendable {
    /// The rules of the published program, which are the defaults.
    case reference
    /// Boxes that follow the object more closely; chosen on one half of 650 photographs (docs/results.md).
    case sharp

    /// What differs from the defaults, by the names that the options have on the command line.
    public var texts: [String: String] {
        switch self {
        case .reference: [:]
        case .sharp:
            [
                "one-by-one": "ladder", "linear-mode": "all", "bridge-mode": "all", "box-rule": "mass", "mass": "0.9",
                "box-margin": "0.035",
            ]
        }
    }
}
