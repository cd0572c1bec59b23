import CKernels

extension Layer.MaxPool {
    func forward(_ layer: CPULayer) {
        layer.pooled(window) { isa, call in ck_max_pool(isa, &call) }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        var (call, view) = (window.topDown, layer.view(of: layer.inputs[0]))
        return ck_td_max_pool(&call, &view, layer.outputGating, layer.gating(of: layer.inputs[0]), layer.stats)
    }
}
