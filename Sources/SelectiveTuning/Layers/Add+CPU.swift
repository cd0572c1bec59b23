import CKernels

extension Layer.Add {
    func forward(_ layer: CPULayer) {
        for sum in sums(layer) {
            nonisolated(unsafe) let call = sum
            let tasks = withUnsafePointer(to: call) { ck_add_tasks($0) }
            layer.run(Int(tasks)) { [isa = layer.isa] task, _ in
                withUnsafePointer(to: call) { ck_add_run(isa, $0, Int32(task)) }
            }
        }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        var call = ck_td_add_layer()
        let inputs = layer.inputs
        call.inputs = Int32(inputs.count)
        withUnsafeMutableBytes(of: &call.input) { bytes in
            let views = bytes.bindMemory(to: ck_td_view.self)
            for (place, input) in inputs.enumerated() { views[place] = layer.view(of: input) }
            if !keepsFirst { views[0].data = nil }
        }
        call.sum = layer.view(of: layer.output)
        call.rule = layer.options.convolutionRule(isOneByOne: false)
        call.residual = layer.options.residual.kernel
        let gatings = inputs.map { Optional(layer.gating(of: $0)) }
        return ck_td_add(&call, layer.outputGating, gatings, layer.stats)
    }
}
