extension Layer.Affine {
    func gradientHasZeros(_ output: Bool) -> Bool { output }

    func backward(_ layer: CPUBackwardLayer) { layer.weighted() }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) { try layer.weighted() }
}
