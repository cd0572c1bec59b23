/// LayerCAM (Jiang et al., "LayerCAM: exploring hierarchical class activation maps for localization", IEEE TIP 2021): sum
/// over k of ReLU(G[k]) * A[k], which also suits layers further down.
package struct LayerCAM: GradientWeighted {
    var title: String { "LayerCAM" }

    /// The sum over channels from 0 upwards. A product of two floats is exact in a double.
    package static func map(_ inputs: MapInputs) -> AttributionMap {
        AttributionMap(inputs.shape) { y, x in
            let (cell, gradient) = (inputs.activations.cell(y, x), inputs.gradient!.cell(y, x))
            var sum = 0.0
            for channel in 0..<inputs.shape.channels {
                sum += rectified(Double(gradient[channel])) * Double(cell[channel])
            }
            return sum
        }
    }
}
