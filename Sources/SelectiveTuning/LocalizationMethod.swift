/// How an object is localized. Everything around it (network, input, box rules, metrics) is the same for all of them.
public enum LocalizationMethod: String, CaseIterable, Sendable {
    /// Selective tuning: gating from one class down to a read-out.
    case stnet
    /// Class activation maps (Zhou et al., "Learning deep features for discriminative localization", 2016), for networks
    /// that end in global average pooling.
    case cam

    /// For people.
    public var title: String {
        switch self {
        case .stnet: "selective tuning"
        case .cam: "class activation maps"
        }
    }

    /// What a run's row in a table is called: selective tuning goes without saying.
    public func rowTitle(network: String) -> String { self == .stnet ? network : "\(network), \(title)" }
}
