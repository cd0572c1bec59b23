import CKernels

extension Weighted {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        let weights = layer.weights
        let geometry = weights.geometry
        let (from, shape) = (layer.storage(of: layer.inputs[0]), layer.shape(of: layer.output))
        guard !geometry.isDepthwise else { return try layer.depthwise(weights) }
        var call = ck_cuda_conv()
        call.input = UnsafePointer(layer.firstTap(of: layer.inputs[0], geometry.window))
        (call.input_image, call.input_row, call.input_pixel) = from.strides
        call.input_group = Int32(geometry.groupIn)
        (call.stride_y, call.stride_x) = (Int32(geometry.window.stride.height), Int32(geometry.window.stride.width))
        call.output = layer.address(of: layer.output)
        (call.output_image, call.output_row, call.output_pixel) = layer.storage(of: layer.output).strides
        (call.batch, call.height, call.width) = (Int32(layer.batch), Int32(shape.height), Int32(shape.width))
        (call.channels, call.groups) = (Int32(geometry.groupOut), Int32(geometry.groups))
        (call.kernel_rows, call.kernel_columns) = (
            Int32(geometry.window.kernel.height), Int32(geometry.window.kernel.width)
        )
        call.channels_in = Int32(geometry.groupIn)
        call.weights = UnsafePointer(weights.packed.pointer(as: Float.self))
        call.bias = UnsafePointer(weights.bias.pointer(as: Float.self))
        call.ceiling = geometry.rectifier.upperEnd
        ck_cuda_conv_join_runs(&call)
        let tile = layer.forward.tile ?? ck_cuda_conv_tile(&call, layer.multiprocessors)
        try layer.launch(ck_cuda_conv_launch(&call, tile), call)
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) {
        let input = layer.inputs[0]
        var call = topDownCall(layer.calls, number: layer.number, options: layer.options, batch: layer.batch)
        call.weights = UnsafePointer(layer.weights.rows.pointer(as: Float.self))
        call.input = layer.view(of: input)
        (call.output_gating, call.input_gating) = (layer.gating(of: layer.output), layer.gating(of: input))
        call.images = layer.images
        call.scratch = layer.scratch
        try layer.launch(ck_cuda_td_conv_launch(&call, layer.multiprocessors), call)
        try layer.finish(input)
    }

    func topDownScratch(_ calls: TopDownCalls, number: Int, options: TopDownOptions, batch: Int, multiprocessors: Int)
        -> Int64
    {
        var call = topDownCall(calls, number: number, options: options, batch: batch)
        return ck_cuda_td_conv_scratch(&call, Int32(multiprocessors))
    }

    /// Without addresses.
    private func topDownCall(_ calls: TopDownCalls, number: Int, options: TopDownOptions, batch: Int)
        -> ck_cuda_td_conv
    {
        let input = calls.layout.inputs[number][0]
        let geometry = geometry(input: calls.shapes[input])
        var call = ck_cuda_td_conv()
        call.input = calls.view(of: input)
        call.window = geometry.window.call
        (call.groups, call.out_channels) = (Int32(geometry.groups), Int32(geometry.channelsOut))
        call.rule =
            geometry.isVector ? options.linearRule : options.convolutionRule(isOneByOne: geometry.isOneByOne)
        (call.output_gating, call.input_gating) = (calls.gating(of: number + 1), calls.gating(of: input))
        call.batch = Int32(batch)
        return call
    }
}
