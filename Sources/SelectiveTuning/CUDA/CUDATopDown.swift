import CKernels

/// The top-down pass of a batch on a device: the CPU's integers (`TopDownPass`), all pictures in each launch. Nothing
/// waits for the host between layers.
struct CUDATopDown: Sendable {
    let device: CUDADevice
    let plan: CUDAMemoryPlan
    let calls: TopDownCalls
    let weights: CUDAWeights
    let workspace: CUDAWorkspace
    let slot: CUDASlot
    let slotNumber: Int
    let batch: Int
    let options: TopDownOptions
    let stream: CUDAStream

    init(
        device: CUDADevice, plan: CUDAMemoryPlan, weights: CUDAWeights, workspace: CUDAWorkspace, slot: CUDASlot,
        slotNumber: Int, batch: Int, options: TopDownOptions, stream: CUDAStream
    ) {
        self.device = device
        self.plan = plan
        self.weights = weights
        self.workspace = workspace
        self.slot = slot
        self.slotNumber = slotNumber
        self.batch = batch
        self.options = options
        self.stream = stream
        calls = TopDownCalls(network: plan.network, shapes: plan.shapes, layout: plan.layout)
    }

    /// From the units in the slot's `starts` down to the lowest activation that is read out. The box's extent, or its list,
    /// is in the slot's findings, and in `lists`. All gating is clear before and after.
    func run(to readOut: CUDAReadOut, lists: CUDALists?) throws(CUDAFailure) {
        let last = plan.network.layers.count
        var start = ck_cuda_td_start()
        start.gating = gating(of: last)
        start.unit = UnsafePointer(slot.starts.pointer(as: Int32.self))
        start.images = images
        start.batch = Int32(batch)
        try device.launch(
            ck_cuda_td_start_launch(&start), start, on: stream, layer: plan.network.layers[last - 1].name)
        let lowest = readOut.lowest
        for number in plan.network.layers.indices.reversed() where number + 1 > lowest {
            try take(readOut, at: number + 1, lists)
            guard plan.gatings.places[number + 1].begins != nil else { continue }  // nobody reads it
            if plan.network.layers[number].bridge { try bridge(number) }
            try plan.network.layers[number].work.topDown(CUDATopDownLayer(pass: self, number: number))
            try clear(number + 1)
        }
        try take(readOut, at: lowest, lists)
        try stream.copy(
            batch * MemoryLayout<ck_cuda_td_image>.stride, from: slot.images, to: slot.hostImagesAtEnd.pointer)
        // The read-out's, and that of layers below it that something above has added to.
        for activation in 0...lowest where plan.gatings.places[activation].begins ?? -1 >= lowest {
            try clear(activation)
        }
    }

    /// What is read out at this activation, before its layer takes its gating.
    private func take(_ readOut: CUDAReadOut, at activation: Int, _ lists: CUDALists?) throws(CUDAFailure) {
        if activation == readOut.box {
            if let extent = readOut.extent { try find(extent, readOut) }
            try stream.copy(
                batch * MemoryLayout<ck_cuda_td_image>.stride, from: slot.images, to: slot.hostImages.pointer)
        }
        guard let lists else { return }
        for (number, list) in lists.lists.enumerated() where list.activation == activation {
            try self.list(list, number, lists)
        }
    }

    private func find(_ extent: CUDAReadOut.Extent, _ readOut: CUDAReadOut) throws(CUDAFailure) {
        var call = ck_cuda_extent()
        call.gating = gating(of: readOut.box)
        (call.collapse, call.rule) = (readOut.collapse.kernel, extent.rule)
        (call.low, call.high) = (extent.low, extent.high)
        call.images = UnsafePointer(images)
        call.findings = slot.findings.pointer(as: ck_cuda_finding.self)
        call.batch = Int32(batch)
        try device.launch(ck_cuda_extent_launch(&call), call, on: stream, layer: name(readOut.box - 1))
    }

    private func list(_ list: CUDAReadOut.List, _ number: Int, _ lists: CUDALists) throws(CUDAFailure) {
        var first = 0
        if list.purpose == .map {
            // The findings of the box have been set up by the ranking of classes, these only count.
            first = slot.batch
            let words = MemoryLayout<ck_cuda_finding>.stride / 4
            try slot.findings.clear(words: first * words..<(first + batch) * words, on: stream)
        }
        var call = ck_cuda_read_out()
        call.gating = gating(of: list.activation)
        call.collapse = list.collapse?.kernel ?? CK_COLLAPSE_NONE
        call.entries = lists.pointer(slot: slotNumber, list: number)
        call.findings = slot.findings.pointer(as: ck_cuda_finding.self, offset: first)
        call.batch = Int32(batch)
        try device.launch(ck_cuda_read_out_launch(&call), call, on: stream, layer: name(list.activation - 1))
    }

    private func bridge(_ number: Int) throws(CUDAFailure) {
        guard options.bridgeMode != .all else { return }  // passes everything through
        var call = calls.bridge(number, rule: options.bridgeRule, batch: batch)
        call.vector = gating(of: number + 1)
        call.images = images
        call.scratch = workspace.scratch.pointer(as: Float.self)
        try device.launch(ck_cuda_td_bridge_launch(&call), call, on: stream, layer: name(number))
    }

    private func clear(_ activation: Int) throws(CUDAFailure) {
        var call = ck_cuda_td_clear(gating: gating(of: activation), batch: Int32(batch))
        try device.launch(
            ck_cuda_td_clear_launch(&call, Int32(device.multiprocessors)), call, on: stream, layer: name(activation - 1)
        )
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

    var images: UnsafeMutablePointer<ck_cuda_td_image>? { slot.images.pointer(as: ck_cuda_td_image.self) }

    func name(_ number: Int) -> String { number < 0 ? Network.image : plan.network.layers[number].name }
}
