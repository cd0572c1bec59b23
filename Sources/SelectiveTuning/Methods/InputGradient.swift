/// The gradient at the picture (Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks: visualising image
/// classification models and saliency maps", 2013): the largest magnitude over the colours.
package struct InputGradient: MethodKind {
    var title: String { "input gradient" }
    var mapTitle: String { "input gradient map" }

    func source(_ network: Network, _ options: LocalizationOptions) throws(NetworkError) -> MapSource {
        .activations(ActivationMapping(title: mapTitle, activation: 0, gradient: .plain, map: InputGradient.map))
    }

    package static func map(_ inputs: MapInputs) -> AttributionMap {
        AttributionMap(inputs.shape) { y, x in
            let gradient = inputs.gradient!.cell(y, x)
            var largest = 0.0
            for channel in 0..<inputs.shape.channels {
                let magnitude = abs(Double(gradient[channel]))
                guard magnitude.isFinite else { return magnitude }
                largest = max(largest, magnitude)
            }
            return largest
        }
    }
}
