import CKernels

extension Layer.Affine {
    func forward(_ layer: CPULayer) { layer.depthwise(layer.weights) }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        ck_td_pass(layer.outputGating, layer.gating(of: layer.inputs[0]))
    }
}
