import CKernels

extension Layer.LocalResponseNormalization {
    func scratch(input: Shape) -> Int { ck_local_response_scratch(Int32(input.channels), Int32(size)) }

    func forward(_ layer: CPULayer) {
        nonisolated(unsafe) let call = call(layer)
        layer.run(layer.batch) { [isa = layer.isa, scratch = layer.scratch] image, thread in
            withUnsafePointer(to: call) { ck_local_response_run(isa, $0, Int32(image), scratch[thread].pointer) }
        }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        ck_td_pass(layer.outputGating, layer.gating(of: layer.inputs[0]))
    }
}
