import CKernels

extension Layer.LocalResponseNormalization {
    func scratch(input: Shape) -> Int { ck_local_response_scratch(Int32(input.channels), Int32(size)) }

    func forward(_ layer: CPULayer) {
        nonisolated(unsafe) let layer = layer
        layer.run(layer.batch) { [self] image, thread in
            let whole = layer.pool(from: layer.inputs[0], image: image)
            var call = ck_local_response()
            (call.input, call.input_row, call.input_pixel) = (whole.input, whole.input_row, whole.input_pixel)
            (call.output, call.output_row, call.output_pixel) = (whole.output, whole.output_row, whole.output_pixel)
            (call.height, call.width, call.channels) = (whole.height, whole.width, whole.channels)
            call.size = Int32(size)
            call.alpha_over_size = alpha / Float(size)
            call.k = k
            ck_local_response_run(layer.isa, &call, layer.scratch[thread].pointer)
        }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        ck_td_pass(layer.outputGating, layer.gating(of: layer.inputs[0]))
    }
}
