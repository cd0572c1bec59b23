import CKernels

extension CPULayer {
    /// Runs a pooling's kernel over each image.
    func pooled(_ call: ck_pool2d, _ kernel: @escaping @Sendable (ck_isa, UnsafePointer<ck_pool2d>, Int32) -> Void) {
        nonisolated(unsafe) let call = call
        run(batch) { [isa] image, _ in withUnsafePointer(to: call) { kernel(isa, $0, Int32(image)) } }
    }
}

extension CPUTopDownLayer {
    /// Shares of an average over such windows.
    func average(_ window: Window) -> ck_td_status {
        var (call, view) = (window.call, view(of: inputs[0]))
        return ck_td_average_pool(&call, &view, outputGating, gating(of: inputs[0]), stats)
    }
}
