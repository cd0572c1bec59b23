import CKernels

extension Layer.Concatenation {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        for copy in copies(layer, of: layer.copied) {
            var call = copy
            try layer.launch(ck_cuda_copy_channels_launch(&call), call)
        }
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) { try layer.slices() }
}
