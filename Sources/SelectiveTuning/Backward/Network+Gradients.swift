extension Network {
    /// Bytes of the float32 gradients, the zeros around them included, that one picture in a backward pass to a layer's output
    /// (or `image`) takes: the most that live at any time. Nil where there is no such layer. Transposed weights and what
    /// belongs to a thread come on top.
    package func gradientBytes(by layer: String) throws(NetworkError) -> Int? {
        guard let activation = activation(named: layer) else { return nil }
        let shapes = try shapes()
        let layout = ActivationLayout(network: self, shapes: shapes)
        return GradientPlan(network: self, shapes: shapes, inputs: layout.inputs, to: activation).floatsPerImage * 4
    }

    /// The layers whose outputs are not kept: the next one writes its own over them.
    package func overwrittenActivations() throws(NetworkError) -> Set<String> {
        Set(ActivationLayout(network: self, shapes: try shapes()).overwritten.map { layers[$0 - 1].name })
    }
}
