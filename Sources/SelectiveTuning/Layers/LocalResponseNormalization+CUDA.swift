import CKernels

extension Layer.LocalResponseNormalization {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        var call = call(layer)
        try layer.launch(ck_cuda_local_response_launch(&call), call)
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) { try layer.slices() }
}
