import CKernels

extension Layer.MaxPool {
    /// Which of a window's cells is its largest.
    var differentiatesAtInput: Bool { true }

    func gradientHasZeros(_ output: Bool) -> Bool { true }

    func backward(_ layer: CPUBackwardLayer) {
        layer.pooled(layer.poolCall(window, activations: true), ck_backward_max_pool_run)
    }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) {
        guard var call = layer.poolCall(window, activations: true) else { return }
        try layer.launch(ck_cuda_backward_max_pool_launch(&call), call)
    }
}

extension Layer.AveragePool {
    func backward(_ layer: CPUBackwardLayer) {
        layer.pooled(
            layer.poolCall(window, activations: false, countsPadding: countsPadding), ck_backward_average_pool_run)
    }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) {
        try layer.average(layer.poolCall(window, activations: false, countsPadding: countsPadding))
    }
}

extension Layer.GlobalAveragePool {
    func backward(_ layer: CPUBackwardLayer) {
        let input = layer.shape(of: layer.inputs[0])
        let whole = Window(kernel: Sides(height: input.height, width: input.width))
        layer.pooled(layer.poolCall(whole, activations: false), ck_backward_average_pool_run)
    }

    func backward(_ layer: CUDABackwardLayer) throws(CUDAFailure) {
        let input = layer.shape(of: layer.inputs[0])
        let whole = Window(kernel: Sides(height: input.height, width: input.width))
        try layer.average(layer.poolCall(whole, activations: false))
    }
}

extension CUDABackwardLayer {
    fileprivate func average(_ call: ck_backward_pool?) throws(CUDAFailure) {
        guard var call else { return }
        try launch(ck_cuda_backward_average_pool_launch(&call), call)
    }
}

extension CPUBackwardLayer {
    fileprivate func pooled(
        _ call: ck_backward_pool?,
        _ kernel: @escaping @Sendable (ck_isa, UnsafePointer<ck_backward_pool>, Int32) -> Void
    ) {
        guard let call else { return }
        nonisolated(unsafe) let fixed = call
        run(withUnsafePointer(to: fixed) { ck_backward_pool_tasks($0) }) { [isa] task, _ in
            withUnsafePointer(to: fixed) { kernel(isa, $0, task) }
        }
    }
}
