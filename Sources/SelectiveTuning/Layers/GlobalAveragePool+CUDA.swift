import CKernels

extension Layer.GlobalAveragePool {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        var call = layer.pool(from: layer.inputs[0])
        try layer.launch(ck_cuda_global_average_launch(&call), call)
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) {
        let input = layer.shape(of: layer.inputs[0])
        try layer.average(Window(kernel: Sides(height: input.height, width: input.width)))
    }
}
