extension Layer.Affine {
    func gradientHasZeros(_ output: Bool) -> Bool { output }

    func backward(_ layer: CPUBackwardLayer) { layer.weighted() }
}
