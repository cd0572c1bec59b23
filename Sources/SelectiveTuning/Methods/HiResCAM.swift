/// HiResCAM (Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural
/// networks", 2020): ReLU(sum over k of G[k] * A[k]), each place with its own gradient.
package struct HiResCAM: GradientWeighted {
    var title: String { "HiResCAM" }

    /// The sum over channels from 0 upwards. A product of two floats is exact in a double.
    package static func map(_ inputs: MapInputs) -> AttributionMap {
        AttributionMap(inputs.shape) { y, x in
            let (cell, gradient) = (inputs.activations.cell(y, x), inputs.gradient!.cell(y, x))
            var sum = 0.0
            for channel in 0..<inputs.shape.channels { sum += Double(gradient[channel]) * Double(cell[channel]) }
            return rectified(sum)
        }
    }
}
