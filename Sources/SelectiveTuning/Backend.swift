/// A device that evaluates pictures: bottom-up, then top-down from one class, to a box. The CPU is one; every backend
/// gives the same bits in precision `exact`.
public protocol Backend: Sendable {
    var network: Network { get }
    /// For people: "cpu avx512, 2 threads".
    var device: String { get }
    /// Pictures that one call takes at the most.
    var batchCapacity: Int { get }
    /// What it was made for. A backend for `fast` also computes `exact`, for comparison; not the other way round.
    var precision: Precision { get }
    /// The host's threads have little to do while it evaluates: the next pictures can be decoded meanwhile.
    var leavesHostFree: Bool { get }

    /// Evaluates pictures of [inputSize][inputSize][3] 8-bit RGB with their labels; results in the same order.
    /// One call at a time. Throws `NetworkError` when a unit leaves the fixed-point range or when the device fails.
    func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision) throws(NetworkError)
        -> [Finding]

    /// The same, and in each finding the gating at a second read-out of the network, for its class-hypothesis map.
    func evaluate(_ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String)
        throws(NetworkError) -> [Finding]
}

extension Backend {
    public var leavesHostFree: Bool { false }

    /// For backends that read out in one place only: the pictures once more, down to the other place.
    public func evaluate(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String
    ) throws(NetworkError) -> [Finding] {
        var findings = try evaluate(pictures, options: options, precision: precision)
        var elsewhere = options
        elsewhere.readOut = mapReadOut
        let others =
            mapReadOut == options.readOut
            ? findings : try evaluate(pictures, options: elsewhere, precision: precision)
        for (place, other) in others.enumerated() { findings[place].hypothesis = other.map }
        return findings
    }

    /// In the backend's own precision.
    public func evaluate(_ pictures: [Picture], options: LocalizationOptions) throws(NetworkError) -> [Finding] {
        try evaluate(pictures, options: options, precision: precision)
    }
}

/// One prepared input.
public struct Picture: Sendable {
    /// [inputSize][inputSize][3], 8-bit RGB.
    public var pixels: [UInt8]
    /// Index of the ground-truth class.
    public var label: Int

    public init(pixels: [UInt8], label: Int) {
        self.pixels = pixels
        self.label = label
    }
}

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
    public var box: BoxOptions

    public init(
        method: LocalizationMethod = .stnet, classSource: ClassSource = .label, readOut: String = Network.image,
        topDown: TopDownOptions = .init(),
        box: BoxOptions = .init()
    ) {
        self.method = method
        self.classSource = classSource
        self.readOut = readOut
        self.topDown = topDown
        self.box = box
    }
}

/// What a backend finds in one picture.
public struct Finding: Sendable {
    /// The five classes with the largest outputs, best first (the lower index on a tie), and these outputs.
    public var top5: [Int]
    public var scores: [Float]
    /// In the input frame.
    public var box: Box
    /// The gating map was zero everywhere; the box is [0, 0, 1, 1].
    public var isEmpty: Bool
    /// Gating that was dropped on the way down, 48 fraction bits.
    public var droppedMass: Int64
    /// Units whose best component had a rival of the same score.
    public var ties: Int64
    /// Components that could not be chosen because their products sum to nothing.
    public var ineligible: Int64
    /// The gating at the read-out; a class activation map is one of a channel and the input's size.
    public var map: GatingMap
    /// The gating at the read-out of the class-hypothesis map, where one was asked for.
    public var hypothesis: GatingMap?

    public init(
        top5: [Int], scores: [Float], box: Box, isEmpty: Bool, droppedMass: Int64, ties: Int64, ineligible: Int64,
        map: GatingMap, hypothesis: GatingMap? = nil
    ) {
        self.top5 = top5
        self.scores = scores
        self.box = box
        self.isEmpty = isEmpty
        self.droppedMass = droppedMass
        self.ties = ties
        self.ineligible = ineligible
        self.map = map
        self.hypothesis = hypothesis
    }
}
