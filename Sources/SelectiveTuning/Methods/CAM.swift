/// Class activation maps (Zhou et al., "Learning deep features for discriminative localization", CVPR 2016): the sum of
/// the last feature map's channels, weighted with the class's weights. For networks that end in global average pooling.
package struct CAM: MethodKind {
    var title: String { "class activation maps" }
    var mapTitle: String { "class activation map" }

    func source(_ network: Network, _ options: LocalizationOptions) throws(NetworkError) -> MapSource {
        let place = try ClassActivation(network)
        return .activations(
            ActivationMapping(
                title: mapTitle, activation: place.features, classifier: place.classifier, map: CAM.map))
    }

    /// The sum over k, from 0 upwards, of weights[k] * activations[k]; without weights the class's own channel. A product
    /// of two floats is exact in a double.
    package static func map(_ inputs: MapInputs) -> AttributionMap {
        AttributionMap(inputs.shape) { y, x in
            let cell = inputs.activations.cell(y, x)
            guard let weights = inputs.weights else { return Double(cell[inputs.start]) }
            var sum = 0.0
            for channel in 0..<inputs.shape.channels { sum += Double(weights[channel]) * Double(cell[channel]) }
            return sum
        }
    }
}
