/// What the methods have in common that weight a layer's activations with the gradient of the class's score by them:
/// the layer, `--map-layer`.
protocol GradientWeighted: MethodKind {
    /// From activations and gradients, in doubles and one order.
    static func map(_ inputs: MapInputs) -> AttributionMap
}

extension GradientWeighted {
    var ownOptions: Set<String> { ["map-layer"] }
    var mapTitle: String { "\(title) map" }

    func source(_ network: Network, _ options: LocalizationOptions) throws(NetworkError) -> MapSource {
        .activations(
            ActivationMapping(
                title: mapTitle, activation: try network.mapLayer(named: options.mapLayer), gradient: .plain,
                map: Self.map))
    }
}

/// Negative evidence away. What is not finite stays, so that it is seen.
func rectified(_ value: Double) -> Double { value.isFinite && value < 0 ? 0 : value }
