import CKernels

extension Layer.AveragePool {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        var call = call(layer)
        try layer.launch(ck_cuda_average_pool_launch(&call), call)
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) { try layer.average(window) }
}
