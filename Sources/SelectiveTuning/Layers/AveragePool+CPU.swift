import CKernels

extension Layer.AveragePool {
    func forward(_ layer: CPULayer) {
        layer.pooled(window) { [countsPadding] isa, call in
            call.counts_padding = countsPadding ? 1 : 0
            ck_average_pool(isa, &call)
        }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status { layer.average(window) }
}
