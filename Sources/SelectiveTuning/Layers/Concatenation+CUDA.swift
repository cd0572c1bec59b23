import CKernels

extension Layer.Concatenation {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        var offset = 0
        for input in layer.inputs {
            if layer.copied.contains(input) {
                var call = layer.pool(from: input)
                call.output += offset
                call.channels = Int32(layer.shape(of: input).channels)
                try layer.launch(ck_cuda_copy_channels_launch(&call), call)
            }
            offset += layer.shape(of: input).channels
        }
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) { try layer.slices() }
}
