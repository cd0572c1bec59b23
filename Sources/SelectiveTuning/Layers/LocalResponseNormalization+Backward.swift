import CKernels

extension Layer.LocalResponseNormalization {
    /// Its output does not say from what it was made.
    var differentiatesAtInput: Bool { true }

    func backwardScratch(input: Shape) -> Int {
        ck_backward_local_response_scratch(Int32(input.channels), Int32(size))
    }

    func backward(_ layer: CPUBackwardLayer) {
        guard let call = backwardCall(layer) else { return }
        nonisolated(unsafe) let fixed = call
        layer.run(withUnsafePointer(to: fixed) { ck_backward_local_response_tasks($0) }) {
            [isa = layer.isa, scratch = layer.scratch] task, thread in
            withUnsafePointer(to: fixed) { ck_backward_local_response_run(isa, $0, task, scratch[thread].pointer) }
        }
    }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) {
        guard var call = backwardCall(layer) else { return }
        try layer.launch(ck_cuda_backward_local_response_launch(&call), call)
    }

    private func backwardCall(_ layer: some BackwardMemory) -> ck_backward_local_response? {
        guard let part = layer.part(0) else { return nil }
        let (input, gradient, shape) = (
            layer.activation(layer.inputs[0]), layer.gradient, layer.shape(of: layer.output)
        )
        return ck_backward_local_response(
            input: input.address, input_image: input.image, input_row: input.row, input_pixel: input.pixel,
            input_gradient: part.address, input_gradient_image: part.image, input_gradient_row: part.row,
            input_gradient_pixel: part.pixel, gradient: gradient.address, gradient_image: gradient.image,
            gradient_row: gradient.row, gradient_pixel: gradient.pixel, batch: Int32(layer.batch),
            height: Int32(shape.height), width: Int32(shape.width), channels: Int32(shape.channels),
            size: Int32(size), alpha_over_size: alpha / Float(size), k: k)
    }
}
