import CKernels

extension Layer.MaxPool {
    func forward(_ layer: CPULayer) {
        layer.pooled(layer.pool(from: layer.inputs[0], window), ck_max_pool)
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        var (call, view) = (window.call, layer.view(of: layer.inputs[0]))
        return ck_td_max_pool(&call, &view, layer.outputGating, layer.gating(of: layer.inputs[0]), layer.stats)
    }
}
