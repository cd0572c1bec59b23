extension Layer.Concatenation {
    func gradientHasZeros(_ output: Bool) -> Bool { output }

    /// Each input's gradient is its channels of the whole.
    func backward(_ layer: CPUBackwardLayer) {
        var channel = 0
        for (place, input) in layer.inputs.enumerated() {
            layer.copy(to: place, fromChannel: channel)
            channel += layer.shape(of: input).channels
        }
    }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) {
        var channel = 0
        for (place, input) in layer.inputs.enumerated() {
            try layer.copy(to: place, fromChannel: channel)
            channel += layer.shape(of: input).channels
        }
    }
}
