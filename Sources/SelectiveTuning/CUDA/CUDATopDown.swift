import CKernels

/// The top-down pass on a device: the CPU's integers (`TopDownPass`), the whole batch in each launch. Nothing waits for
/// the host between layers.
struct CUDATopDown: Sendable {
    let device: CUDADevice
    let plan: CUDAMemoryPlan
    let calls: TopDownCalls
    let weights: CUDAWeights
    let workspace: CUDAWorkspace

    init(device: CUDADevice, plan: CUDAMemoryPlan, weights: CUDAWeights, workspace: CUDAWorkspace) {
        self.device = device
        self.plan = plan
        self.weights = weights
        self.workspace = workspace
        calls = TopDownCalls(network: plan.network, shapes: plan.shapes, layout: plan.layout)
    }

    /// From the units in the slot's `starts` down to the activation `readOut` (0 = the picture); what is not 0 there is
    /// listed in the slot's `entries`. All gating is clear before and after.
    func run(_ slot: CUDASlot, batch: Int, readOut: Int, options: TopDownOptions, on stream: CUDAStream)
        throws(CUDAFailure)
    {
        let last = plan.network.layers.count
        var start = ck_cuda_td_start()
        start.gating = gating(of: last)
        start.unit = UnsafePointer(slot.starts.pointer(as: Int32.self))
        start.images = images(slot)
        start.batch = Int32(batch)
        try device.launch(
            ck_cuda_td_start_launch(&start), start, on: stream, layer: plan.network.layers[last - 1].name)
        for number in plan.network.layers.indices.reversed() where number + 1 > readOut {
            guard plan.gatings.places[number + 1].begins != nil else { continue }  // nobody reads it
            if plan.network.layers[number].bridge { try bridge(number, slot, batch, options, stream) }
            try plan.network.layers[number].work.topDown(
                CUDATopDownLayer(
                    pass: self, number: number, slot: slot, batch: batch, options: options, stream: stream))
            try clear(number + 1, batch, stream)
        }
        try list(slot, batch: batch, readOut: readOut, on: stream)
        // The read-out's, and that of layers below it that something above has added to.
        for activation in 0...readOut where plan.gatings.places[activation].begins ?? -1 >= readOut {
            try clear(activation, batch, stream)
        }
    }

    private func bridge(
        _ number: Int, _ slot: CUDASlot, _ batch: Int, _ options: TopDownOptions, _ stream: CUDAStream
    ) throws(CUDAFailure) {
        guard options.bridgeMode != .all else { return }  // passes everything through
        var call = calls.bridge(number, rule: options.bridgeRule, batch: batch)
        call.vector = gating(of: number + 1)
        call.images = images(slot)
        call.scratch = workspace.scratch.pointer(as: Float.self)
        try device.launch(ck_cuda_td_bridge_launch(&call), call, on: stream, layer: name(number))
    }

    private func clear(_ activation: Int, _ batch: Int, _ stream: CUDAStream) throws(CUDAFailure) {
        var call = ck_cuda_td_clear(gating: gating(of: activation), batch: Int32(batch))
        try device.launch(
            ck_cuda_td_clear_launch(&call, Int32(device.multiprocessors)), call, on: stream, layer: name(activation - 1)
        )
    }

    private func list(_ slot: CUDASlot, batch: Int, readOut: Int, on stream: CUDAStream) throws(CUDAFailure) {
        try slot.count.clear(words: 0..<1, on: stream)
        var call = ck_cuda_read_out()
        call.gating = gating(of: readOut)
        call.entries = slot.entries.pointer(as: ck_cuda_read_out_entry.self)
        call.count = slot.count.pointer(as: UInt32.self)
        call.batch = Int32(batch)
        try device.launch(ck_cuda_read_out_launch(&call), call, on: stream, layer: name(readOut - 1))
    }

    func gating(of activation: Int) -> ck_cuda_gating {
        let place = plan.gatings.places[activation]
        let batch = workspace.batch
        var gating = calls.gating(of: activation)
        gating.value = workspace.values.pointer(as: Int64.self, offset: place.value * batch)
        gating.touched = workspace.touched.pointer(as: UInt32.self, offset: place.touched * batch)
        gating.absolute = workspace.absolute.pointer(as: UInt64.self, offset: activation * batch)
        return gating
    }

    func images(_ slot: CUDASlot) -> UnsafeMutablePointer<ck_cuda_td_image>? {
        slot.images.pointer(as: ck_cuda_td_image.self)
    }

    func name(_ number: Int) -> String { number < 0 ? Network.image : plan.network.layers[number].name }
}
