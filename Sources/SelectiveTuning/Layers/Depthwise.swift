import CKernels

/// Depthwise convolutions have kernels of their own for the bottom-up pass; a batch normalisation that stands alone is one
/// with a 1x1 kernel.
extension LayerGeometry {
    func depthwise(_ layer: some LayerMemory, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>)
        -> ck_depthwise
    {
        let (from, to) = (layer.storage(of: layer.inputs[0]), layer.storage(of: layer.output))
        let shape = layer.shape(of: layer.output)
        return ck_depthwise(
            input: layer.firstTap(of: layer.inputs[0], window), input_image: from.strides.image,
            input_row: from.strides.row, input_pixel: from.strides.pixel, kernel_height: Int32(window.kernel.height),
            kernel_width: Int32(window.kernel.width), stride_y: Int32(window.stride.height),
            stride_x: Int32(window.stride.width), output: layer.address(of: layer.output),
            output_image: to.strides.image, output_row: to.strides.row, output_pixel: to.strides.pixel,
            batch: Int32(layer.batch), height: Int32(shape.height), width: Int32(shape.width),
            channels: Int32(shape.channels), weights: weights, bias: bias, ceiling: rectifier.upperEnd)
    }
}

extension CPULayer {
    func depthwise(_ weights: LayerWeights) {
        nonisolated(unsafe) let call = weights.geometry.depthwise(
            self, weights: weights.packed.pointer, bias: weights.bias.pointer)
        let tasks = withUnsafePointer(to: call) { ck_depthwise_tasks($0) }
        run(Int(tasks)) { [isa] task, _ in withUnsafePointer(to: call) { ck_depthwise_run(isa, $0, Int32(task)) } }
    }
}

extension CUDALayer {
    func depthwise(_ weights: CUDAWeights.Layer) throws(CUDAFailure) {
        var call = weights.geometry.depthwise(
            self, weights: UnsafePointer(weights.packed.pointer(as: Float.self)!),
            bias: UnsafePointer(weights.bias.pointer(as: Float.self)!))
        try launch(ck_cuda_depthwise_launch(&call), call)
    }
}
