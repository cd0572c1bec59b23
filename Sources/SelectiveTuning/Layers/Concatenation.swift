import CKernels

extension Layer {
    /// Inputs side by side along the channels.
    struct Concatenation: Sendable, Hashable {}
}

extension Layer.Concatenation: LayerKind {
    static let name = "concatenation"

    var inputCount: ClosedRange<Int> { 1...Int.max }

    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape {
        let first = inputs[0]
        for other in inputs where other.height != first.height || other.width != first.width {
            throw LayerMisfit("its inputs \(first) and \(other) differ in height or width")
        }
        return Shape(height: first.height, width: first.width, channels: inputs.reduce(0) { $0 + $1.channels })
    }

    /// The largest of its inputs' fields.
    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField {
        ReceptiveField.largest(of: fields)
    }

    var joinsInputs: Bool { true }
}

extension Layer.Concatenation {
    /// Of the inputs that lie elsewhere than in the output.
    func copies(_ layer: some LayerMemory, of copied: [Int]) -> [ck_pool2d] {
        var calls: [ck_pool2d] = []
        var offset = 0
        for input in layer.inputs {
            let channels = layer.shape(of: input).channels
            if copied.contains(input) {
                var call = layer.pool(from: input)
                call.output += offset
                call.channels = Int32(channels)
                calls.append(call)
            }
            offset += channels
        }
        return calls
    }
}
