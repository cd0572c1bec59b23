import CKernels

extension Layer.AveragePool {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        var call = layer.pool(from: layer.inputs[0], window)
        call.counts_padding = countsPadding ? 1 : 0
        try layer.launch(ck_cuda_average_pool_launch(&call), call)
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) { try layer.average(window) }
}
