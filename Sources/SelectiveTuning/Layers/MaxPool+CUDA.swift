import CKernels

extension Layer.MaxPool {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        var call = layer.pool(from: layer.inputs[0], window)
        try layer.launch(ck_cuda_max_pool_launch(&call), call)
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) {
        var call = layer.pool(window)
        try layer.launch(ck_cuda_td_max_pool_launch(&call, layer.multiprocessors), call)
        try layer.finish(layer.inputs[0])
    }
}
