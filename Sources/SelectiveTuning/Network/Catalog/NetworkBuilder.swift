/// Writes a network's layers down one after the other; each method adds one and gives its name, to be the next one's
/// input.
struct NetworkBuilder {
    private(set) var layers: [Layer] = []

    mutating func add(
        _ name: String, _ kind: Layer.Kind, from inputs: String..., bridge: Bool = false, tensors: String? = nil
    ) -> String {
        layers.append(Layer(name, kind, from: inputs, bridge: bridge, tensors: tensors))
        return name
    }

    /// With its bias and ReLU.
    mutating func convolution(
        _ name: String, _ outputs: Int, kernel: Sides, stride: Sides = 1, padding: Padding = 0, groups: Int = 1,
        from: String
    ) -> String {
        add(
            name,
            .convolution(
                .init(outputs: outputs, kernel: kernel, stride: stride, padding: padding, groups: groups)),
            from: from)
    }

    /// How a network's convolutions with batch normalisation are made: its epsilon, and whether they have a bias too.
    struct Normed {
        var epsilon = 1e-5
        var hasBias = false
    }

    /// With batch normalisation, whose tensors begin with `norm`.
    mutating func normed(
        _ name: String, norm: String, _ outputs: Int, kernel: Sides, stride: Sides = 1, padding: Padding = 0,
        groups: Int = 1, _ rectifier: Rectifier = .relu, _ form: Normed = Normed(), tensors: String? = nil,
        from: String
    ) -> String {
        add(
            name,
            .convolution(
                .init(
                    outputs: outputs, kernel: kernel, stride: stride, padding: padding, groups: groups,
                    rectifier: rectifier, hasBias: form.hasBias,
                    batchNormalization: .init(tensors: norm, epsilon: form.epsilon))),
            from: from, tensors: tensors)
    }

    mutating func maxPool(
        _ name: String, kernel: Sides = 3, stride: Sides = 2, padding: Padding = 0, ceilMode: Bool = true, from: String
    ) -> String {
        add(name, .maxPool(.init(kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode)), from: from)
    }

    mutating func averagePool(
        _ name: String, kernel: Sides, stride: Sides, padding: Padding = 0, from: String
    ) -> String {
        add(
            name, .averagePool(.init(kernel: kernel, stride: stride, padding: padding, countsPadding: true)),
            from: from)
    }

    mutating func linear(_ name: String, _ outputs: Int, relu: Bool, from: String, bridge: Bool = false) -> String {
        add(name, .linear(.init(outputs: outputs, rectifier: relu ? .relu : .none)), from: from, bridge: bridge)
    }

    mutating func concatenation(_ name: String, from inputs: [String]) -> String {
        layers.append(Layer(name, .concatenation, from: inputs))
        return name
    }

    /// The end of most networks of today: the mean of each channel and one fully connected layer. The bridge stands where
    /// the class's weights end and the feature maps begin: at the mean.
    mutating func averageAndClassify(_ classifier: String, average: String = "avgpool", from: String) {
        let top = add(average, .globalAveragePool, from: from, bridge: true)
        _ = linear(classifier, 1000, relu: false, from: top)
    }

    /// The picture and these layers, each under a name of its own.
    static func readOuts(_ named: KeyValuePairs<String, String>) -> [Network.ReadOutPoint] {
        [.init(name: Network.image, layer: Network.image)] + named.map { .init(name: $0.key, layer: $0.value) }
    }
}
