import CKernels

extension Layer.LocalResponseNormalization {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        let whole = layer.pool(from: layer.inputs[0])
        var call = ck_cuda_local_response()
        (call.input, call.output) = (whole.input, whole.output)
        (call.input_image, call.input_row, call.input_pixel) = (whole.input_image, whole.input_row, whole.input_pixel)
        (call.output_image, call.output_row, call.output_pixel) = (
            whole.output_image, whole.output_row, whole.output_pixel
        )
        (call.batch, call.height, call.width, call.channels) = (whole.batch, whole.height, whole.width, whole.channels)
        call.size = Int32(size)
        call.alpha_over_size = alpha / Float(size)
        call.k = k
        try layer.launch(ck_cuda_local_response_launch(&call), call)
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) { try layer.slices() }
}
