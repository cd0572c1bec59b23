import CKernels

extension Layer.AveragePool {
    func forward(_ layer: CPULayer) { layer.pooled(call(layer), ck_average_pool) }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status { layer.average(window) }
}
