import CKernels

extension Layer.Concatenation {
    func forward(_ layer: CPULayer) {
        let copied = layer.copied
        guard !copied.isEmpty else { return }
        nonisolated(unsafe) let layer = layer
        layer.run(layer.batch) { image, _ in
            var offset = 0
            for input in layer.inputs {
                if copied.contains(input) {
                    var call = layer.pool(from: input, image: image)
                    call.output += offset
                    call.channels = Int32(layer.shape(of: input).channels)
                    ck_copy_channels(&call)
                }
                offset += layer.shape(of: input).channels
            }
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
