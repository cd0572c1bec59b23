import CKernels

extension Layer.Add {
    func forward(_ layer: CUDALayer) throws(CUDAFailure) {
        for sum in sums(layer) {
            var call = sum
            try layer.launch(ck_cuda_add_launch(&call), call)
        }
    }

    func topDown(_ layer: CUDATopDownLayer) throws(CUDAFailure) {
        var call = ck_cuda_td_add()
        let inputs = layer.inputs
        call.inputs = Int32(inputs.count)
        withUnsafeMutableBytes(of: &call.input) { bytes in
            let views = bytes.bindMemory(to: ck_cuda_view.self)
            for (place, input) in inputs.enumerated() { views[place] = layer.view(of: input) }
            if !keepsFirst { views[0].data = nil }
        }
        withUnsafeMutableBytes(of: &call.input_gating) { bytes in
            let gatings = bytes.bindMemory(to: ck_cuda_gating.self)
            for (place, input) in inputs.enumerated() { gatings[place] = layer.gating(of: input) }
        }
        call.sum = layer.view(of: layer.output)
        call.rule = layer.options.convolutionRule(isOneByOne: false)
        call.residual = layer.options.residual.kernel
        call.output_gating = layer.gating(of: layer.output)
        call.images = layer.images
        call.batch = Int32(layer.batch)
        try layer.launch(ck_cuda_td_add_launch(&call, layer.multiprocessors), call)
        try layer.launch(ck_cuda_td_add_range_launch(&call), call)
        try layer.finish(inputs[0])
    }
}
