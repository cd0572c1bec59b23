import CKernels

extension Weighted {
    func gradientBorder(input: Shape, output: Shape) -> Padding {
        let geometry = geometry(input: input)
        guard !geometry.isWhole(input: input, output: output) else { return 0 }
        return TransposedConvolution(geometry, input: input, output: output).border
    }

    func gradientHasZeros(_ output: Bool) -> Bool { false }

    func backward(_ layer: CPUBackwardLayer) { layer.weighted() }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) { try layer.weighted() }
}

extension BackwardMemory {
    /// Of a fully connected layer over its whole input.
    func rowsCall(weights: UnsafePointer<Float>) -> ck_backward_linear? {
        guard let part = part(0) else { return nil }
        let (from, to) = (shape(of: inputs[0]), shape(of: output))
        return ck_backward_linear(
            weights: weights, gradient: gradient.address, gradient_image: gradient.image, outputs: Int32(to.channels),
            input_gradient: part.address, input_gradient_image: part.image, input_gradient_row: part.row,
            input_gradient_pixel: part.pixel, batch: Int32(batch), height: Int32(from.height),
            width: Int32(from.width), channels: Int32(from.channels))
    }

    /// Of one phase of a depthwise convolution, or of a factor for each channel.
    func depthwiseCall(
        _ phase: TransposedConvolution.Phase, strides: Sides, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>
    ) -> ck_depthwise? {
        guard let part = part(0) else { return nil }
        let (window, to) = (phase.geometry.window, phase.output(in: part, strides: strides))
        return ck_depthwise(
            input: phase.firstTap(in: gradient), input_image: gradient.image, input_row: gradient.row,
            input_pixel: gradient.pixel, kernel_height: Int32(window.kernel.height),
            kernel_width: Int32(window.kernel.width), stride_y: 1, stride_x: 1, output: to.address,
            output_image: to.image, output_row: to.row, output_pixel: to.pixel, batch: Int32(batch),
            height: Int32(phase.rows.count), width: Int32(phase.columns.count),
            channels: Int32(phase.geometry.channelsOut), weights: weights, bias: bias, ceiling: 0)
    }
}

extension TransposedConvolution.Phase {
    /// The first tap of its first cell, among the zeros around the gradient where it lies beyond.
    func firstTap(in gradient: GradientMap) -> UnsafeMutablePointer<Float> {
        gradient.address + rows.start * Int(gradient.row) + columns.start * Int(gradient.pixel)
    }

    /// Its cells in the input's gradient.
    func output(in part: GradientMap, strides: Sides) -> GradientMap {
        var map = part
        map.address += rows.first * Int(part.row) + columns.first * Int(part.pixel)
        map.row *= Int64(strides.height)
        map.pixel *= Int64(strides.width)
        return map
    }
}

extension CPUBackwardLayer {
    /// A convolution, a fully connected layer, or one factor a channel.
    func weighted() {
        switch backwardWeights {
        case .rows:
            guard let rows = rowsCall(weights: weights.rows.pointer) else { return }
            nonisolated(unsafe) let call = rows
            run(withUnsafePointer(to: call) { ck_backward_linear_tasks($0) }) { [isa] task, _ in
                withUnsafePointer(to: call) { ck_backward_linear_run(isa, $0, task) }
            }
        case .phases(let transposed, let packed):
            if !transposed.coversInput { clear(0) }
            guard !weights.geometry.isDepthwise else {
                for (phase, packed) in zip(transposed.phases, packed) { depthwise(phase, packed) }
                return
            }
            let bits = nonzeroBits()
            for (phase, packed) in zip(transposed.phases, packed) { convolution(phase, packed, bits) }
        }
    }

    private func depthwise(_ phase: TransposedConvolution.Phase, _ packed: FloatBuffer) {
        let strides = weights.geometry.window.stride
        guard
            let phased = depthwiseCall(phase, strides: strides, weights: UnsafePointer(packed.pointer), bias: noBias)
        else { return }
        nonisolated(unsafe) let call = phased
        run(withUnsafePointer(to: call) { ck_depthwise_tasks($0) }) { [isa] task, _ in
            withUnsafePointer(to: call) { ck_depthwise_run(isa, $0, task) }
        }
    }

    private func convolution(
        _ phase: TransposedConvolution.Phase, _ packed: FloatBuffer, _ bits: BackwardPass.NonzeroGradient?
    ) {
        guard let part = part(0) else { return }
        let (geometry, strides) = (phase.geometry, weights.geometry.window.stride)
        let to = phase.output(in: part, strides: strides)
        let first = phase.firstTap(in: gradient)
        let runs = geometry.runs(row: Int(gradient.row), pixel: Int(gradient.pixel))
        runs.offsets.withUnsafeBufferPointer { offsets in
            runs.lengths.withUnsafeBufferPointer { lengths in
                for group in 0..<geometry.groups {
                    var call = ck_conv()
                    call.input = UnsafePointer(first + group * geometry.groupIn)
                    (call.input_image, call.input_row) = (Int(gradient.image), Int(gradient.row))
                    call.input_pixel = Int(gradient.pixel)
                    (call.stride_y, call.stride_x) = (1, 1)
                    call.output = to.address + group * geometry.groupOut
                    (call.output_image, call.output_row, call.output_pixel) = (
                        Int(to.image), Int(to.row), Int(to.pixel)
                    )
                    (call.batch, call.height, call.width) = (
                        Int32(batch), Int32(phase.rows.count), Int32(phase.columns.count)
                    )
                    call.channels = Int32(geometry.groupOut)
                    call.runs = Int32(offsets.count)
                    (call.run_offset, call.run_length) = (offsets.baseAddress, lengths.baseAddress)
                    call.weights = UnsafePointer(packed.pointer + group * geometry.paddedGroup * geometry.chain)
                    call.bias = noBias
                    call.nonzero = bits?.pointer(from: call.input)
                    nonisolated(unsafe) let fixed = call
                    run(ck_conv_tasks(&call)) { [isa, scratch] task, thread in
                        withUnsafePointer(to: fixed) { ck_conv_run(isa, $0, task, scratch[thread].pointer) }
                    }
                }
            }
        }
    }
}

extension CUDABackwardLayer {
    /// A convolution, a fully connected layer, or one factor a channel.
    func weighted() throws(CUDAFailure) {
        switch backwardWeights {
        case .rows:
            let rows = UnsafePointer(weights.rows.pointer(as: Float.self)!)
            guard var call = rowsCall(weights: rows) else { return }
            try launch(ck_cuda_backward_linear_launch(&call), call)
        case .phases(let transposed, let packed):
            if !transposed.coversInput { try clear(0) }
            for (phase, packed) in zip(transposed.phases, packed) {
                let packed = UnsafePointer(packed.pointer(as: Float.self)!)
                if phase.geometry.isDepthwise {
                    let strides = weights.geometry.window.stride
                    guard var call = depthwiseCall(phase, strides: strides, weights: packed, bias: noBias) else {
                        return
                    }
                    try launch(ck_cuda_depthwise_launch(&call), call)
                } else {
                    try convolution(phase, packed)
                }
            }
        }
    }

    private func convolution(_ phase: TransposedConvolution.Phase, _ packed: UnsafePointer<Float>) throws(CUDAFailure) {
        guard let part = part(0) else { return }
        let geometry = phase.geometry
        let to = phase.output(in: part, strides: weights.geometry.window.stride)
        var call = ck_cuda_conv()
        call.input = UnsafePointer(phase.firstTap(in: gradient))
        (call.input_image, call.input_row, call.input_pixel) = (gradient.image, gradient.row, gradient.pixel)
        call.input_group = Int32(geometry.groupIn)
        (call.stride_y, call.stride_x) = (1, 1)
        call.output = to.address
        (call.output_image, call.output_row, call.output_pixel) = (to.image, to.row, to.pixel)
        (call.batch, call.height, call.width) = (Int32(batch), Int32(phase.rows.count), Int32(phase.columns.count))
        (call.channels, call.groups) = (Int32(geometry.groupOut), Int32(geometry.groups))
        (call.kernel_rows, call.kernel_columns) = (Int32(geometry.kernelHeight), Int32(geometry.kernelWidth))
        call.channels_in = Int32(geometry.groupIn)
        (call.weights, call.bias) = (packed, noBias)
        ck_cuda_conv_join_runs(&call)
        try launch(ck_cuda_conv_launch(&call, ck_cuda_conv_tile(&call, multiprocessors)), call)
    }
}
