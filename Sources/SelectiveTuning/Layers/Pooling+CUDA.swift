import CKernels

extension CUDALayer {
    func pool(from input: Int, _ window: Window) -> ck_cuda_pool2d {
        var call = pool(from: input)
        (call.kernel, call.stride, call.padding) = (
            Int32(window.kernel.height), Int32(window.stride.height), Int32(window.padding.top)
        )
        return call
    }
}

extension CUDATopDownLayer {
    func pool(_ window: Window) -> ck_cuda_td_pool {
        let input = inputs[0]
        var call = ck_cuda_td_pool()
        call.input = view(of: input)
        (call.kernel_height, call.kernel_width) = (Int32(window.kernel.height), Int32(window.kernel.width))
        (call.stride_y, call.stride_x) = (Int32(window.stride.height), Int32(window.stride.width))
        (call.pad_y, call.pad_x) = (Int32(window.padding.top), Int32(window.padding.left))
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
