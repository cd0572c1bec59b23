/// Guided backpropagation (Springenberg et al., "Striving for simplicity: the all convolutional net", 2015): the gradient at
/// the picture, where every ReLU also stops negative gradients.
struct GuidedBackpropagation: MethodKind {
    var title: String { "guided backpropagation" }
    var mapTitle: String { "guided backpropagation map" }

    func source(_ network: Network, _ options: LocalizationOptions) throws(NetworkError) -> MapSource {
        .activations(ActivationMapping(title: mapTitle, activation: 0, gradient: .guided, map: InputGradient.map))
    }
}
