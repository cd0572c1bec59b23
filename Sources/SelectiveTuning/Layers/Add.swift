import Bytes
import CKernels

extension Layer {
    /// The sum of inputs of one shape, made from the first to the last: a residual branch first, the shortcut after it.
    public struct Add: Sendable, Hashable {
        public var rectifier: Rectifier

        public init(rectifier: Rectifier) { self.rectifier = rectifier }
    }
}

extension Layer.Add: LayerKind {
    static let name = "add"

    init(fields: inout JSONFields) throws(JSONError) { rectifier = try Rectifier(fields: &fields) }

    var members: [(String, JSON)] { rectifier.members }

    var inputCount: ClosedRange<Int> { 2...CK_TD_ADD_INPUTS }

    func outputShape(_ inputs: [Shape]) throws(LayerMisfit) -> Shape {
        for other in inputs where other != inputs[0] {
            throw LayerMisfit("its inputs \(inputs[0]) and \(other) have different shapes")
        }
        return inputs[0]
    }

    /// The largest of its inputs' fields.
    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField {
        ReceptiveField.largest(of: fields)
    }

    func connections(input: Shape) -> Int { Int(CK_TD_ADD_INPUTS) }

    var sumsInputs: Bool { true }

    func hasZeros(_ inputs: [Bool]) -> Bool { rectifier.isOn }

    /// The top-down pass asks what each input has added. Without a ceiling that is, for the first, what the others leave
    /// of the output, so that the output may take its place: a third of a residual network's memory.
    var keepsFirst: Bool { rectifier.ceiling.isFinite }

    var overwrites: Int? { keepsFirst ? nil : 0 }
}

extension Layer.Add {
    /// Sums of two, one after the other.
    func sums(_ layer: some LayerMemory) -> [ck_add] {
        let (inputs, shape) = (layer.inputs, layer.shape(of: layer.output))
        let to = layer.storage(of: layer.output).strides
        return inputs.dropFirst().enumerated().map { number, right in
            let left = number == 0 ? inputs[0] : layer.output
            let (first, second) = (layer.storage(of: left).strides, layer.storage(of: right).strides)
            return ck_add(
                left: layer.address(of: left), right: layer.address(of: right), left_image: first.image,
                left_row: first.row, left_pixel: first.pixel, right_image: second.image, right_row: second.row,
                right_pixel: second.pixel, output: layer.address(of: layer.output), output_image: to.image,
                output_row: to.row, output_pixel: to.pixel, batch: Int32(layer.batch), height: Int32(shape.height),
                width: Int32(shape.width), channels: Int32(shape.channels),
                ceiling: number == inputs.count - 2 ? rectifier.upperEnd : 0)
        }
    }
}
