extension Layer.Add {
    func gradientHasZeros(_ output: Bool) -> Bool { output }

    /// Each input's gradient is the sum's.
    func backward(_ layer: CPUBackwardLayer) {
        for place in layer.inputs.indices { layer.copy(to: place) }
    }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) {
        for place in layer.inputs.indices { try layer.copy(to: place) }
    }
}
