/// The four vectors of a batch normalisation, as read, and how they change the convolution before it
/// (Ioffe & Szegedy, "Batch Normalization", ICML 2015).
struct BatchNormalizationTensors: Sendable {
    /// For each output channel: what the weights are multiplied with, and what the bias becomes from what it was.
    let factors: [Double]
    private let means: [Float]
    private let shifts: [Float]

    /// Names after the prefix, in the order of the files.
    static let parts: [(suffix: String, role: TensorSpecification.Role)] = [
        ("weight", .scale), ("bias", .shift), ("running_mean", .mean), ("running_var", .variance),
    ]

    init(_ normalization: Layer.BatchNormalization, channels: Int, _ reading: WeightReading) throws {
        func vector(_ suffix: String) throws -> [Float] {
            try reading.source.tensor("\(normalization.tensors).\(suffix)", expecting: [channels])
        }
        let (scales, variances) = (try vector("weight"), try vector("running_var"))
        shifts = try vector("bias")
        means = try vector("running_mean")
        factors = try zip(scales, variances).enumerated().map { channel, pair in
            let variance = Double(pair.1) + normalization.epsilon
            guard variance > 0 else {
                throw NetworkError.badLayer(
                    network: reading.network, layer: reading.layer.name,
                    problem: "tensor \(normalization.tensors).running_var: channel \(channel) is \(pair.1), expected a "
                        + "variance that is positive with \(normalization.epsilon) added")
            }
            return Double(pair.0) / variance.squareRoot()
        }
    }

    /// In double, rounded once.
    func weight(_ weight: Float, channel: Int) -> Float { Float(Double(weight) * factors[channel]) }

    /// In double, rounded once: the product, the difference before it and the sum after it are not.
    func bias(_ bias: Float, channel: Int) -> Float {
        Float(Double(shifts[channel]) + (Double(bias) - Double(means[channel])) * factors[channel])
    }
}
