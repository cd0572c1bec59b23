/// How an object is localized: the one place that lists the methods. Everything around them (network, input, box rules,
/// metrics) is the same for all. The raw value is the method's name on the command line, in records and on the wire.
public enum LocalizationMethod: String, CaseIterable, Sendable {
    case stnet
    case cam
    case gradcam
    case hirescam
    case layercam
    case gradient
    case guided

    /// Where nothing is said.
    public static let standard = LocalizationMethod.stnet

    /// What the method does and needs.
    var work: any MethodKind {
        switch self {
        case .stnet: STNet()
        case .cam: CAM()
        case .gradcam: GradCAM()
        case .hirescam: HiResCAM()
        case .layercam: LayerCAM()
        case .gradient: InputGradient()
        case .guided: GuidedBackpropagation()
        }
    }
}

// What other modules ask of a method.
extension LocalizationMethod {
    /// For people: "class activation maps".
    public var title: String { work.title }

    /// What its map is called below a picture: "class activation map".
    public var mapTitle: String { work.mapTitle }

    /// What differs from the options' defaults, by the names that the options have on the command line.
    public var standardOptions: [String: String] { work.standardOptions }

    /// Options that it has and not every other method.
    public var ownOptions: Set<String> { work.ownOptions }

    /// Whether `--preset` chooses among its options.
    public var hasPresets: Bool { work.hasPresets }

    /// Whether the layer is chosen at which its map is read out; else that is the picture.
    public var hasReadOuts: Bool { work.hasReadOuts }

    /// What a run's row in a table is called: the standard method goes without saying.
    public func rowTitle(network: String) -> String { self == .standard ? network : "\(network), \(title)" }

    /// The methods that have an option of their own.
    public static func having(_ option: String) -> [LocalizationMethod] {
        allCases.filter { $0.ownOptions.contains(option) }
    }

    /// Options of other methods, which it does not have.
    public var othersOptions: Set<String> {
        LocalizationMethod.allCases.reduce(into: Set()) { $0.formUnion($1.ownOptions) }.subtracting(ownOptions)
    }
}
