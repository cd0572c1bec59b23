import SelectiveTuning

extension LocalizationMethod {
    /// What differs from the options' defaults. A class activation map is smooth and dense: its box is that of the largest
    /// component above a fifth of the maximum, as in the literature, and no cell is pruned before.
    public var texts: [String: String] {
        switch self {
        case .stnet: [:]
        case .cam: ["method": rawValue, "prune": "none", "box-rule": "component", "component-blur": "0"]
        }
    }

    /// Options that only selective tuning has: the way from the class down to the read-out.
    package static let ofSelectiveTuningAlone: Set<String> = [
        "selection", "bottom", "collapse", "linear-mode", "linear-offset", "bridge-mode", "bridge-offset", "one-by-one",
        "residual",
    ]

    /// The options of a run by this method, from those that were given by their names. A preset is of selective tuning.
    public func options(preset: MethodPreset?, given: [String: String]) throws(JobOptionError) -> JobOptions {
        if self == .stnet { return try (preset ?? .reference).options(with: given) }
        if preset != nil {
            throw JobOptionError(description: "--preset is for --method stnet, not for \(rawValue)", name: "preset")
        }
        for name in given.keys.sorted() where Self.ofSelectiveTuningAlone.contains(name) {
            throw JobOptionError(description: "--\(name) is for --method stnet, not for \(rawValue)", name: name)
        }
        return try JobOptions(texts.merging(given) { _, given in given })
    }
}
