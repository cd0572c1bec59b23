/// Grad-CAM (Selvaraju et al., "Grad-CAM: visual explanations from deep networks via gradient-based localization", ICCV
/// 2017): ReLU(sum over k of mean(G[k]) A[k]).
package struct GradCAM: GradientWeighted {
    var title: String { "Grad-CAM" }

    /// The means over rows from the top and pixels from the left, the sum over channels from 0 upwards.
    package static func map(_ inputs: MapInputs) -> AttributionMap {
        let (shape, gradient) = (inputs.shape, inputs.gradient!)
        var weights = [Double](repeating: 0, count: shape.channels)
        for y in 0..<shape.height {
            for x in 0..<shape.width {
                let cell = gradient.cell(y, x)
                for channel in 0..<shape.channels { weights[channel] += Double(cell[channel]) }
            }
        }
        for channel in weights.indices { weights[channel] /= Double(shape.height * shape.width) }
        return AttributionMap(shape) { y, x in
            let cell = inputs.activations.cell(y, x)
            var sum = 0.0
            for channel in 0..<shape.channels { sum += weights[channel] * Double(cell[channel]) }
            return rectified(sum)
        }
    }
}
