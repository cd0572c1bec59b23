import CKernels

extension CUDATopDownLayer {
    func pool(_ window: Window) -> ck_cuda_td_pool {
        let input = inputs[0]
        var call = ck_cuda_td_pool()
        call.input = view(of: input)
        call.window = window.call
        (call.output_gating, call.input_gating) = (gating(of: output), gating(of: input))
        call.batch = Int32(batch)
        call.images = images
        return call
    }

    /// Shares of an average over such windows.
    func average(_ window: Window) throws(CUDAFailure) {
        var call = pool(window)
        try launch(ck_cuda_td_average_pool_launch(&call, multiprocessors), call)
        try finish(inputs[0])
    }
}
