extension Network {
    /// The receptive field of `image` (first) and of every layer's output, in order.
    public func receptiveFields() throws(NetworkError) -> [ReceptiveField] {
        let shapes = try shapes()
        var places = [Network.image: 0]
        var fields = [ReceptiveField.pixel]
        for (index, layer) in layers.enumerated() {
            let inputs = layer.inputs.map { places[$0]! }
            fields.append(
                layer.work.receptiveField(
                    inputs.map { fields[$0] }, from: shapes[inputs[0]], to: shapes[index + 1]))
            places[layer.name] = index + 1
        }
        return fields
    }
}
