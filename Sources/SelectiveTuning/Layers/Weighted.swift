import Bytes
import CKernels

/// What convolutions and fully connected layers have in common: each output sums products of weights and inputs. Their
/// two passes are in `Weighted+CPU` and `Weighted+CUDA`.
protocol Weighted: LayerKind {
    var hasBias: Bool { get }
    var rectifier: Rectifier { get }
    /// Folded into the weights.
    var batchNormalization: Layer.BatchNormalization? { get }
    /// In a file: [out, in / groups, kernel rows, kernel columns] or [out, in].
    func weightShape(input: Shape) -> [Int]
    func geometry(input: Shape) -> LayerGeometry
}

extension Weighted {
    func tensors(prefix: String, input: Shape) -> [TensorSpecification] {
        let shape = weightShape(input: input)
        let fanIn = products(input: input)
        func tensor(_ name: String, _ shape: [Int], _ role: TensorSpecification.Role) -> TensorSpecification {
            TensorSpecification(name: name, shape: shape, fanIn: fanIn, role: role)
        }
        var tensors = [tensor("\(prefix).weight", shape, .weight)]
        if hasBias { tensors.append(tensor("\(prefix).bias", [shape[0]], .bias)) }
        if let batchNormalization {
            tensors += BatchNormalizationTensors.parts.map {
                tensor("\(batchNormalization.tensors).\($0.suffix)", [shape[0]], $0.role)
            }
        }
        return tensors
    }

    func products(input: Shape) -> Int { weightShape(input: input).dropFirst().reduce(1, *) }

    func connections(input: Shape) -> Int { products(input: input) }

    /// Few outputs have few products to leave out for each input that is looked up.
    func skipsZeros(input: Shape) -> Bool {
        let geometry = geometry(input: input)
        return !geometry.isDepthwise && geometry.groupOut > 32
    }

    func hasZeros(_ inputs: [Bool]) -> Bool { rectifier.isOn }

    func weightGeometry(input: Shape) -> LayerGeometry? { geometry(input: input) }

    func weights(_ reading: WeightReading) throws -> LayerWeights? {
        try LayerWeights(
            geometry(input: reading.input), shape: weightShape(input: reading.input), hasBias: hasBias,
            batchNormalization: batchNormalization, reading)
    }
}
