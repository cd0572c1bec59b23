extension ForwardPass {
    /// What the map of one image of the last batch is made of, for the class `start`.
    func mapInputs(_ mapping: ActivationMapping, image: Int, start: Int) -> MapInputs {
        let (shape, storage) = (shapes[mapping.activation], layout.storage(of: mapping.activation))
        return MapInputs(
            shape: shape,
            activations: FeatureView(
                origin: address(of: mapping.activation, image: image), row: storage.row, pixel: storage.channels),
            weights: mapping.classifier.map { weights[$0]!.rows.pointer + start * shape.channels }, start: start)
    }
}
