extension Layer.Affine {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) { try layer.depthwise(layer.weights) }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) { try layer.slices() }
}
