/// A device that evaluates pictures: bottom-up, then top-down from one class, to a box. The CPU is one; every backend
/// gives the same bits in precision `exact`. Several devices may stand behind one backend (`SeveralBackends`).
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

    /// One result a picture, in order: a picture whose units leave the fixed-point range fails alone. `mapReadOut` nil: no
    /// second read-out. Throws what is wrong with the device or the job.
    func evaluateEach(
        _ pictures: [Picture], options: LocalizationOptions, precision: Precision, mapReadOut: String?
    ) throws(NetworkError) -> [Result<Finding, NetworkError>]

    /// What `body` gives of every device that stands behind this backend, by itself, with the device's name for people.
    /// Throws what is wrong with the job, or with the only device.
    func onEachDevice<Value: Sendable>(
        _ body: @escaping @Sendable (any Backend) throws(NetworkError) -> Value
    ) throws(NetworkError) -> [(device: String, value: Value)]
}

extension Backend {
    public var leavesHostFree: Bool { false }

    public func onEachDevice<Value: Sendable>(
        _ body: @escaping @Sendable (any Backend) throws(NetworkError) -> Value
    ) throws(NetworkError) -> [(device: String, value: Value)] {
        [(device, try body(self))]
    }

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
