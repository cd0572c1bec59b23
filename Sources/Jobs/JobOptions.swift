import Bytes
import Dataset
import Evaluation
import SelectiveTuning

/// Every option that can change a bit of a result or of a picture, typed; on the wire and in summaries they are texts under the names
/// that they have on the command line.
public struct JobOptions: Sendable, Hashable {
    public var preset: Preprocessing
    public var iou: IoUConvention
    public var localization: LocalizationOptions
    public var precision: Precision
    /// In precision `fast`, each image whose place in the manifest is a multiple of this is evaluated in `exact` too.
    public var agreementEvery: Int
    public var artifacts: ArtifactOptions
    /// Each result says what the map metrics need of its image's map.
    public var measuresMaps: Bool
    /// Where the maps are measured and the images have masks: at how many thresholds values are counted against these.
    public var pixelThresholds: Int?

    public init(
        preset: Preprocessing = .stnet, iou: IoUConvention = .stnet, localization: LocalizationOptions = .init(),
        precision: Precision = .exact, agreementEvery: Int = 16, artifacts: ArtifactOptions = .init(),
        measuresMaps: Bool = false, pixelThresholds: Int? = nil
    ) {
        self.pixelThresholds = pixelThresholds
        self.measuresMaps = measuresMaps
        self.artifacts = artifacts
        self.precision = precision
        self.agreementEvery = agreementEvery
        self.preset = preset
        self.iou = iou
        self.localization = localization
    }

    /// Names in the order of the command line's help; there, `maps` is what `--save-maps` implies, and `pixel-thresholds` what
    /// `--map-metrics` does beside `--masks`.
    public static let names = [
        "method", "preprocess", "iou", "class-source", "map-layer", "selection", "bottom", "collapse", "prune",
        "mean-multiplier",
        "std-multiplier", "percentage", "energy", "box-rule", "mass", "component-threshold", "component-blur",
        "box-margin", "linear-mode", "linear-offset", "bridge-mode", "bridge-offset", "one-by-one", "residual",
        "precision", "agreement-every", "exe-mode", "overlay", "maps", "map-bottom",
        "map-metrics", "pixel-thresholds",
    ]
}

extension JobOptions {
    /// Whether a map is made of each image, for a file or to be measured.
    public var needsMap: Bool { artifacts.needsMap || measuresMaps }

    /// In which values are counted against masks; nil where they are not.
    public var pixelBins: PixelBins? { measuresMaps ? pixelThresholds.map(PixelBins.init) : nil }

    /// Whether the image at this place of the manifest is evaluated in both precisions.
    public func isSampled(_ index: UInt32) -> Bool { precision == .fast && Int(index) % agreementEvery == 0 }
}

/// An option whose value cannot be used.
public struct JobOptionError: Error, CustomStringConvertible, Sendable, Equatable {
    public let description: String
    /// The option.
    public var name = ""
}

extension JobOptions {
    /// Reads texts; what is absent keeps its default. Throws for an unknown name or a value out of its range.
    public init(_ texts: [String: String]) throws(JobOptionError) {
        self.init()
        for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
            do {
                try set(name, text)
            } catch {
                throw JobOptionError(description: error.description, name: name)
            }
        }
    }

    /// All options as texts, the defaults included; those of maps where there are any, and the map's layer where it is not
    /// the last feature map.
    public var texts: [String: String] {
        let (topDown, box) = (localization.topDown, localization.box)
        var texts = ["exe-mode": artifacts.mode.rawValue]
        if artifacts.overlay { texts["overlay"] = "true" }
        if artifacts.savesMaps { texts["maps"] = artifacts.mapForm.rawValue }
        if measuresMaps { texts["map-metrics"] = "true" }
        if let count = pixelThresholds { texts["pixel-thresholds"] = "\(count)" }
        if let name = artifacts.mapReadOut { texts["map-bottom"] = name }
        if let name = localization.mapLayer { texts["map-layer"] = name }
        let others = [
            "method": localization.method.rawValue,
            "preprocess": preset.rawValue, "iou": iou.rawValue, "class-source": localization.classSource.rawValue,
            "selection": topDown.selection.rawValue, "bottom": localization.readOut, "collapse": box.collapse.rawValue,
            "prune": box.prune.rawValue, "mean-multiplier": "\(box.meanMultiplier)",
            "std-multiplier": "\(box.stdMultiplier)", "percentage": "\(box.percentage)", "energy": "\(box.energy)",
            "box-rule": box.rule.rawValue, "mass": "\(box.mass)", "component-threshold": "\(box.componentThreshold)",
            "component-blur": "\(box.componentBlur)", "box-margin": "\(box.margin)",
            "linear-mode": topDown.linearMode.rawValue,
            "linear-offset": "\(topDown.linearOffset)", "bridge-mode": topDown.bridgeMode.rawValue,
            "bridge-offset": "\(topDown.bridgeOffset)", "one-by-one": topDown.oneByOne.rawValue,
            "residual": topDown.residual.rawValue,
            "precision": precision.rawValue,
            "agreement-every": "\(agreementEvery)",
        ]
        return texts.merging(others) { mine, _ in mine }
    }

    private mutating func set(_ name: String, _ text: String) throws(JobOptionError) {
        func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type) throws(JobOptionError) -> Choice
        where Choice.RawValue == String {
            guard let value = Choice(rawValue: text) else {
                let expected = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                let question = Suggestion.question(for: text, among: Choice.allCases.map(\.rawValue))
                throw JobOptionError(description: "--\(name) \(text): expected \(expected)\(question)")
            }
            return value
        }
        func plain(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
        func number(_ range: ClosedRange<Double>) throws(JobOptionError) -> Double {
            guard let value = Double(text), range.contains(value) else {
                throw JobOptionError(
                    description:
                        "--\(name) \(text): expected a number, \(plain(range.lowerBound))...\(plain(range.upperBound))")
            }
            return value
        }
        func whole(_ range: ClosedRange<Int>) throws(JobOptionError) -> Int {
            guard let value = Int(text), range.contains(value) else {
                throw JobOptionError(
                    description:
                        "--\(name) \(text): expected a whole number, \(range.lowerBound)...\(range.upperBound)")
            }
            return value
        }
        func offset() throws(JobOptionError) -> Int { try whole(0...5) }
        func flag() throws(JobOptionError) -> Bool {
            guard let value = Bool(text) else {
                throw JobOptionError(description: "--\(name) \(text): expected true or false")
            }
            return value
        }
        switch name {
        case "method": localization.method = try choice(LocalizationMethod.self)
        case "exe-mode": artifacts.mode = try choice(ExecutionMode.self)
        case "overlay": artifacts.overlay = try flag()
        case "maps":
            artifacts.savesMaps = true
            artifacts.mapForm = try choice(MapForm.self)
        case "map-metrics": measuresMaps = try flag()
        case "pixel-thresholds": pixelThresholds = try whole(1...1000)
        case "map-bottom": artifacts.mapReadOut = text
        case "preprocess":
            guard let value = Preprocessing(rawValue: text) else {
                throw JobOptionError(description: Preprocessing.refusal(of: text))
            }
            preset = value
        case "iou": iou = try choice(IoUConvention.self)
        case "class-source": localization.classSource = try choice(ClassSource.self)
        case "map-layer": localization.mapLayer = text
        case "bottom": localization.readOut = text
        case "selection": localization.topDown.selection = try choice(Selection.self)
        case "linear-mode": localization.topDown.linearMode = try choice(SubsetMode.self)
        case "linear-offset": localization.topDown.linearOffset = try offset()
        case "bridge-mode": localization.topDown.bridgeMode = try choice(SubsetMode.self)
        case "bridge-offset": localization.topDown.bridgeOffset = try offset()
        case "one-by-one": localization.topDown.oneByOne = try choice(OneByOneMode.self)
        case "residual": localization.topDown.residual = try choice(ResidualMode.self)
        case "collapse": localization.box.collapse = try choice(Collapse.self)
        case "prune": localization.box.prune = try choice(Prune.self)
        case "box-rule": localization.box.rule = try choice(BoxRule.self)
        case "mean-multiplier": localization.box.meanMultiplier = try number(0...1e6)
        case "std-multiplier": localization.box.stdMultiplier = try number(-1e6...1e6)
        case "percentage": localization.box.percentage = try number(0...1)
        case "energy": localization.box.energy = try number(0...1)
        case "mass": localization.box.mass = try number(0...1)
        case "component-threshold": localization.box.componentThreshold = try number(0...1)
        case "component-blur": localization.box.componentBlur = try number(0...256)
        case "box-margin": localization.box.margin = try number(0...0.5)
        case "precision": precision = try choice(Precision.self)
        case "agreement-every": agreementEvery = try whole(1...1_000_000_000)
        default: throw JobOptionError(description: "unknown option --\(name)")
        }
    }
}
