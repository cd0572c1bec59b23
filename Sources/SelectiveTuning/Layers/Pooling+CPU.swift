import CKernels

extension CPULayer {
    /// Runs a pooling's kernel over each image.
    func pooled(_ window: Window, _ kernel: @escaping @Sendable (ck_isa, inout ck_pool2d) -> Void) {
        nonisolated(unsafe) let layer = self
        run(batch) { image, _ in
            var call = layer.pool(from: layer.inputs[0], image: image)
            (call.kernel, call.stride, call.padding) = (
                Int32(window.kernel.height), Int32(window.stride.height), Int32(window.padding.top)
            )
            kernel(layer.isa, &call)
        }
    }
}

extension CPUTopDownLayer {
    /// Shares of an average over such windows.
    func average(_ window: Window) -> ck_td_status {
        var (call, view) = (window.topDown, view(of: inputs[0]))
        return ck_td_average_pool(&call, &view, outputGating, gating(of: inputs[0]), stats)
    }
}

extension Window {
    var topDown: ck_td_pool_layer {
        ck_td_pool_layer(
            kernel_height: Int32(kernel.height), kernel_width: Int32(kernel.width), stride_y: Int32(stride.height),
            stride_x: Int32(stride.width), pad_y: Int32(padding.top), pad_x: Int32(padding.left))
    }
}
