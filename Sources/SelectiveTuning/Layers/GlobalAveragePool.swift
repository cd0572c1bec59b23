extension Layer {
    /// Mean over the whole map.
    struct GlobalAveragePool: Sendable, Hashable {}
}

extension Layer.GlobalAveragePool: LayerKind {
    static let name = "globalAveragePool"

    func outputShape(_ inputs: [Shape]) -> Shape { Shape(height: 1, width: 1, channels: inputs[0].channels) }

    func receptiveField(_ fields: [ReceptiveField], from input: Shape, to output: Shape) -> ReceptiveField {
        fields[0].throughAll(of: input)
    }

    func connections(input: Shape) -> Int { input.height * input.width }

    func isGlobalAverage(input: Shape) -> Bool { true }
}
