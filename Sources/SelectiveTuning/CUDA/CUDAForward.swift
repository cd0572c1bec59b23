import CKernels

/// The bottom-up pass on a device: the CPU's layout and numerics (`ForwardPass`), the whole batch in each launch.
struct CUDAForward: Sendable {
    let device: CUDADevice
    let network: Network
    let shapes: [Shape]
    let layout: ActivationLayout
    let weights: CUDAWeights
    let activations: CUDAActivations
    /// [3][256], by source channel.
    let table: DeviceMemory
    /// Instead of the tile that should be fastest for each convolution, for checks: every one gives the same bits.
    var tile: ck_cuda_tile?

    /// Runs the whole network over `batch` pictures of 8-bit RGB at `pixels`.
    func run(pixels: DeviceMemory, batch: Int, on stream: CUDAStream) throws(CUDAFailure) {
        try normalize(pixels: pixels, batch: batch, on: stream)
        for number in network.layers.indices { try run(layer: number, batch: batch, on: stream) }
    }

    private func normalize(pixels: DeviceMemory, batch: Int, on stream: CUDAStream) throws(CUDAFailure) {
        let storage = layout.storage(of: 0)
        let order = network.normalization.channelOrder.map(Int32.init)
        var call = ck_cuda_normalize()
        call.rgb = UnsafePointer(pixels.pointer(as: UInt8.self))
        call.table = UnsafePointer(table.pointer(as: Float.self))
        call.order = (order[0], order[1], order[2])
        call.output = activations.pointer(to: 0)
        (call.output_image, call.output_row, call.output_pixel) = strides(storage)
        (call.batch, call.height, call.width) = (Int32(batch), Int32(shapes[0].height), Int32(shapes[0].width))
        try device.launch(ck_cuda_normalize_launch(&call), call, on: stream, layer: Network.image)
    }

    private func run(layer number: Int, batch: Int, on stream: CUDAStream) throws(CUDAFailure) {
        let layer = network.layers[number]
        let inputs = layout.inputs[number]
        switch layer.kind {
        case .convolution, .linear:
            var call = convolution(number, input: inputs[0], weights: weights.layers[number]!, batch: batch)
            ck_cuda_conv_join_runs(&call)
            let tile = tile ?? ck_cuda_conv_tile(&call, Int32(device.multiprocessors))
            try device.launch(ck_cuda_conv_launch(&call, tile), call, on: stream, layer: layer.name)
        case .maxPool(let window):
            var call = pool(from: inputs[0], to: number + 1, batch: batch)
            set(&call, window)
            try device.launch(ck_cuda_max_pool_launch(&call), call, on: stream, layer: layer.name)
        case .averagePool(let window, let countsPadding):
            var call = pool(from: inputs[0], to: number + 1, batch: batch)
            set(&call, window)
            call.counts_padding = countsPadding ? 1 : 0
            try device.launch(ck_cuda_average_pool_launch(&call), call, on: stream, layer: layer.name)
        case .globalAveragePool:
            var call = pool(from: inputs[0], to: number + 1, batch: batch)
            try device.launch(ck_cuda_global_average_launch(&call), call, on: stream, layer: layer.name)
        case .localResponseNormalization(let normalization):
            var call = localResponse(normalization, from: inputs[0], to: number + 1, batch: batch)
            try device.launch(ck_cuda_local_response_launch(&call), call, on: stream, layer: layer.name)
        case .concatenation:
            guard let copied = layout.copied[number] else { return }
            var offset = 0
            for input in inputs {
                if copied.contains(input) {
                    var call = pool(from: input, to: number + 1, batch: batch)
                    call.output += offset
                    call.channels = Int32(shapes[input].channels)
                    try device.launch(ck_cuda_copy_channels_launch(&call), call, on: stream, layer: layer.name)
                }
                offset += shapes[input].channels
            }
        }
    }

    private func strides(_ storage: ActivationLayout.Storage) -> (image: Int64, row: Int64, pixel: Int64) {
        (Int64(storage.image), Int64(storage.row), Int64(storage.channels))
    }

    private func convolution(_ number: Int, input: Int, weights: CUDAWeights.Layer, batch: Int) -> ck_cuda_conv {
        let (from, to) = (layout.storage(of: input), layout.storage(of: number + 1))
        let geometry = weights.geometry
        var call = ck_cuda_conv()
        call.input = UnsafePointer(activations.pointer(to: input) - geometry.padding * (from.row + from.channels))
        (call.input_image, call.input_row, call.input_pixel) = strides(from)
        call.input_group = Int32(geometry.groupIn)
        (call.stride_y, call.stride_x) = (Int32(geometry.stride), Int32(geometry.stride))
        call.output = activations.pointer(to: number + 1)
        (call.output_image, call.output_row, call.output_pixel) = strides(to)
        (call.batch, call.height, call.width) = (
            Int32(batch), Int32(shapes[number + 1].height), Int32(shapes[number + 1].width)
        )
        (call.channels, call.groups) = (Int32(geometry.groupOut), Int32(geometry.groups))
        (call.kernel_rows, call.kernel_columns) = (Int32(geometry.kernelHeight), Int32(geometry.kernelWidth))
        call.channels_in = Int32(geometry.groupIn)
        call.weights = UnsafePointer(weights.packed.pointer(as: Float.self))
        call.bias = UnsafePointer(weights.bias.pointer(as: Float.self))
        call.relu = geometry.relu ? 1 : 0
        return call
    }

    private func set(_ call: inout ck_cuda_pool2d, _ window: Layer.Pooling) {
        (call.kernel, call.stride, call.padding) = (Int32(window.kernel), Int32(window.stride), Int32(window.padding))
    }

    private func pool(from input: Int, to output: Int, batch: Int) -> ck_cuda_pool2d {
        var call = ck_cuda_pool2d()
        call.input = UnsafePointer(activations.pointer(to: input))
        (call.input_image, call.input_row, call.input_pixel) = strides(layout.storage(of: input))
        (call.input_height, call.input_width) = (Int32(shapes[input].height), Int32(shapes[input].width))
        call.output = activations.pointer(to: output)
        (call.output_image, call.output_row, call.output_pixel) = strides(layout.storage(of: output))
        (call.batch, call.height, call.width) = (
            Int32(batch), Int32(shapes[output].height), Int32(shapes[output].width)
        )
        call.channels = Int32(shapes[output].channels)
        return call
    }

    private func localResponse(
        _ normalization: Layer.LocalResponseNormalization, from input: Int, to output: Int, batch: Int
    ) -> ck_cuda_local_response {
        var call = ck_cuda_local_response()
        call.input = UnsafePointer(activations.pointer(to: input))
        (call.input_image, call.input_row, call.input_pixel) = strides(layout.storage(of: input))
        call.output = activations.pointer(to: output)
        (call.output_image, call.output_row, call.output_pixel) = strides(layout.storage(of: output))
        let shape = shapes[output]
        (call.batch, call.height, call.width) = (Int32(batch), Int32(shape.height), Int32(shape.width))
        (call.channels, call.size) = (Int32(shape.channels), Int32(normalization.size))
        call.alpha_over_size = normalization.alpha / Float(normalization.size)
        call.k = normalization.k
        return call
    }
}
