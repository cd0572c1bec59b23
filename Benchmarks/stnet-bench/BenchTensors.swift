import SelectiveTuning

/// Weights from the project's generator, made when they are asked for.
struct SeededTensors: TensorSource {
    private let tensors: [String: TensorSpecification]

    init(_ network: Network) throws {
        tensors = Dictionary(try network.tensors().map { ($0.name, $0) }) { first, _ in first }
    }

    func tensor(_ name: String, expecting shape: [Int]) -> [Float] { SeededWeights.fill(seed: 1, tensors[name]!) }
}

/// A file's tensors, and others for the layers that it lacks: some files hold the convolutions alone.
struct TrainedTensors: TensorSource {
    let file: WeightFile?
    let others: SeededTensors

    func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
        guard let file, file.shape(of: name) != nil else { return others.tensor(name, expecting: shape) }
        return try file.tensor(name, expecting: shape)
    }
}
