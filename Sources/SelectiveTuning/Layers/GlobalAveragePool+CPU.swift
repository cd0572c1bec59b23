import CKernels

extension Layer.GlobalAveragePool {
    func forward(_ layer: CPULayer) {
        layer.pooled(layer.pool(from: layer.inputs[0])) { _, call, image in ck_global_average(call, image) }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        let view = layer.view(of: layer.inputs[0])
        return layer.average(Window(kernel: Sides(height: Int(view.height), width: Int(view.width))))
    }
}
