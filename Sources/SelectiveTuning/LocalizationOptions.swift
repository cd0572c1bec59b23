/// Which class is localized.
public enum ClassSource: String, CaseIterable, Sendable {
    case label
    case predicted
}

/// Every choice that the localization of one picture depends on.
public struct LocalizationOptions: Sendable, Hashable {
    public var method: LocalizationMethod
    public var classSource: ClassSource
    /// Name of the network's read-out, `--bottom`; of selective tuning alone, as is `topDown`.
    public var readOut: String
    public var topDown: TopDownOptions
    /// Name of the layer whose activations are mapped, `--map-layer`; nil for the last feature map, and for methods that
    /// do not choose one.
    public var mapLayer: String?
    public var box: BoxOptions

    public init(
        method: LocalizationMethod = .standard, classSource: ClassSource = .label, readOut: String = Network.image,
        topDown: TopDownOptions = .init(), mapLayer: String? = nil, box: BoxOptions = .init()
    ) {
        self.mapLayer = mapLayer
        self.method = method
        self.classSource = classSource
        self.readOut = readOut
        self.topDown = topDown
        self.box = box
    }
}
