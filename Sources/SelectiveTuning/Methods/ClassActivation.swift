/// Where a network's class activation maps come from: the feature map under its global average pooling, and the fully
/// connected layer above it. Where there is none above it, the pooled channels are the classes themselves.
package struct ClassActivation: Sendable, Hashable {
    /// The feature map, as an index of activations (0 = the picture, n + 1 = layer n).
    package let features: Int
    /// Index of the fully connected layer, nil where the features' channels are the classes.
    package let classifier: Int?

    /// Throws `NetworkError.noClassActivation` for a network that does not end so.
    package init(_ network: Network) throws(NetworkError) {
        let shapes = try network.shapes()
        func fail(_ problem: String) -> NetworkError { .noClassActivation(network: network.name, problem: problem) }
        guard var top = network.layers.last else { throw fail("it has no layers") }
        var classifier: Int?
        if case .linear(let linear) = top.kind {
            guard !linear.rectifier.isOn else { throw fail("its last layer \(top.name) has a ReLU") }
            classifier = network.layers.count - 1
            guard let below = network.layers.first(where: { [name = top.inputs[0]] in $0.name == name }) else {
                throw fail("its last layer \(top.name) reads the picture")
            }
            top = below
        }
        guard let input = network.activation(named: top.inputs[0]) else { throw fail("\(top.name) reads nothing") }
        guard top.work.isGlobalAverage(input: shapes[input]), input > 0 else {
            throw fail("its last layers are \(network.layers.suffix(2).map(\.name).joined(separator: ", "))")
        }
        features = input
        self.classifier = classifier
    }
}
