import CKernels

extension Layer.Concatenation {
    func forward(_ layer: CPULayer) {
        for call in copies(layer, of: layer.copied) {
            layer.pooled(call) { _, call, image in ck_copy_channels(call, image) }
        }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        var offset: Int32 = 0
        for input in layer.inputs {
            let part = layer.gating(of: input)
            let status = ck_td_slice(layer.outputGating, offset, part)
            guard status == CK_TD_OK else { return status }
            offset += part.pointee.channels
        }
        return CK_TD_OK
    }
}
