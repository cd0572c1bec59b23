import Bytes

extension Layer {
    /// The kinds of layers: the one place that lists them.
    public enum Kind: Sendable, Hashable {
        case convolution(Convolution)
        case linear(Linear)
        case affine(Affine)
        case add(Add)
        case maxPool(MaxPool)
        case averagePool(AveragePool)
        case globalAveragePool
        case localResponseNormalization(LocalResponseNormalization)
        case concatenation
    }

    /// What its kind does.
    var work: any LayerKind {
        switch kind {
        case .convolution(let convolution): convolution
        case .linear(let linear): linear
        case .affine(let affine): affine
        case .add(let add): add
        case .maxPool(let pool): pool
        case .averagePool(let pool): pool
        case .globalAveragePool: GlobalAveragePool()
        case .localResponseNormalization(let normalization): normalization
        case .concatenation: Concatenation()
        }
    }
}

extension Layer.Kind {
    private typealias Reading = @Sendable (inout JSONFields) throws(JSONError) -> Layer.Kind

    /// By their names in a description.
    private static let readings: [(name: String, read: Reading)] = [
        (Layer.Convolution.name, { (fields) throws(JSONError) in .convolution(try .init(fields: &fields)) }),
        (Layer.Linear.name, { (fields) throws(JSONError) in .linear(try .init(fields: &fields)) }),
        (Layer.Affine.name, { (fields) throws(JSONError) in .affine(try .init(fields: &fields)) }),
        (Layer.Add.name, { (fields) throws(JSONError) in .add(try .init(fields: &fields)) }),
        (Layer.MaxPool.name, { (fields) throws(JSONError) in .maxPool(try .init(fields: &fields)) }),
        (Layer.AveragePool.name, { (fields) throws(JSONError) in .averagePool(try .init(fields: &fields)) }),
        (Layer.GlobalAveragePool.name, { (_) throws(JSONError) in .globalAveragePool }),
        (
            Layer.LocalResponseNormalization.name,
            { (fields) throws(JSONError) in .localResponseNormalization(try .init(fields: &fields)) }
        ),
        (Layer.Concatenation.name, { (_) throws(JSONError) in .concatenation }),
    ]

    init(fields: inout JSONFields) throws(JSONError) {
        let name = try fields.string("kind")
        guard let reading = Self.readings.first(where: { $0.name == name })?.read else {
            throw fields.failure(
                "kind",
                "unknown layer kind \"\(name)\": expected \(Self.readings.map(\.name).joined(separator: ", "))")
        }
        self = try reading(&fields)
    }
}
