import CKernels

/// One call of `evaluate` on a device: its pictures in batches, two of which are in flight. The top-down pass of one runs
/// beside the forward pass of the next, on a stream of its own. The host waits for a batch only when it has started the
/// next one.
struct CUDARun {
    private let backend: CUDABackend
    private let workspace: CUDAWorkspace
    private let key: Key
    private let way: Way

    /// From the activations to the maps.
    enum Way {
        case topDown(CUDAReadOut, CUDALists?)
        /// On the host, from activations that are copied there.
        case activations(CUDAActivationMaps)
    }

    /// All that the work of a batch depends on, but its pictures.
    struct Key: Hashable {
        var options: LocalizationOptions
        var map: String?
        /// Instead of the fastest, for checks.
        var tile: ck_cuda_tile.RawValue?
    }

    init(backend: CUDABackend, workspace: CUDAWorkspace, key: Key, way: Way) {
        self.backend = backend
        self.workspace = workspace
        self.key = key
        self.way = way
    }

    /// A batch in flight.
    private struct Batch {
        let pictures: ArraySlice<Picture>
        let number: Int
        let slot: CUDASlot
    }

    /// Has the kernels loaded that a batch needs.
    func prepare() throws(CUDAFailure) {
        let batch = Batch(pictures: [], number: 0, slot: workspace.slots[0])
        try backend.gpu.prepare(on: backend.pool) { () throws(CUDAFailure) in
            try forward(batch, count: 1)
            try second(batch, count: 1)
        }
    }

    /// `deliver` gets each batch's findings in order. Throws `CUDAFailure`, or `NetworkError` for a picture whose units
    /// leave the fixed-point range; nothing is in flight then.
    func evaluate(_ pictures: ArraySlice<Picture>, deliver: ([Finding]) -> Void) throws {
        let starts = Array(stride(from: pictures.startIndex, to: pictures.endIndex, by: workspace.batch))
        let batches = starts.enumerated().map { number, start in
            let place = number % workspace.slots.count
            return Batch(
                pictures: pictures[start..<min(start + workspace.batch, pictures.endIndex)], number: place,
                slot: workspace.slots[place])
        }
        guard let first = batches.first else { return }
        do {
            try backend.callBegun?.record(on: backend.copies)
            try begin(first)
            for (number, batch) in batches.enumerated() {
                if number + 1 < batches.count { try begin(batches[number + 1]) }
                deliver(try finish(batch))
            }
            backend.lastSlot = batches.last!.number
            if backend.isTimed { backend.timings.endCall() }
        } catch {
            backend.settle()
            throw error
        }
    }

    /// Copies the pictures to the device, and gives it all that is to be done with them.
    private func begin(_ batch: Batch) throws(CUDAFailure) {
        let (slot, count) = (batch.slot, batch.pictures.count)
        let size = backend.plan.shapes[0].count
        nonisolated(unsafe) let target = slot.hostPixels.pointer
        let (pictures, first) = (batch.pictures, batch.pictures.startIndex)
        backend.pool.run(count) { image, _ in
            let pixels = pictures[first + image].pixels
            precondition(pixels.count == size)
            pixels.withUnsafeBytes { (target + image * size).copyMemory(from: $0.baseAddress!, byteCount: size) }
        }
        try slot.uploadBegun.record(on: backend.copies)
        try backend.copies.copy(count * size, from: target, to: slot.pixels)
        if key.options.classSource == .label {
            let starts = slot.hostStarts.buffer(as: Int32.self)
            for (image, picture) in batch.pictures.enumerated() { starts[image] = Int32(picture.label) }
            try backend.copies.copy(count * 4, from: slot.hostStarts.pointer, to: slot.starts)
        }
        try slot.uploaded.record(on: backend.copies)
        try backend.compute.wait(for: slot.uploaded)
        try slot.forwardBegun.record(on: backend.compute)
        try perform(.forward, batch, on: backend.compute) { () throws(CUDAFailure) in try forward(batch, count: count) }
        try slot.forwarded.record(on: backend.compute)
        try backend.second.wait(for: slot.forwarded)
        try slot.secondBegun.record(on: backend.second)
        try perform(.second, batch, on: backend.second) { () throws(CUDAFailure) in try second(batch, count: count) }
        try slot.done.record(on: backend.second)
    }

    /// As a graph where the batch is whole, which all but the last one of a lease are.
    private func perform(
        _ half: CUDAGraphs.Key.Half, _ batch: Batch, on stream: CUDAStream, _ work: () throws(CUDAFailure) -> Void
    ) throws(CUDAFailure) {
        guard batch.pictures.count == workspace.batch else { return try work() }
        try backend.graphs.perform(.init(half: half, slot: batch.number, run: key), on: stream, work)
    }

    /// From the pixels to the outputs, their ranking, and the class to start from.
    private func forward(_ batch: Batch, count: Int) throws(CUDAFailure) {
        let (plan, slot) = (backend.plan, batch.slot)
        let pass = CUDAForward(
            device: backend.gpu, network: plan.network, shapes: plan.shapes, layout: plan.layout,
            weights: backend.weights, activations: slot.activations, table: workspace.table,
            tile: key.tile.map { ck_cuda_tile($0) })
        try pass.run(pixels: slot.pixels, batch: count, on: backend.compute)
        let last = plan.network.layers.count
        var call = ck_cuda_rank()
        call.outputs = UnsafePointer(slot.activations.pointer(to: last))
        call.image_stride = Int64(plan.layout.storage(of: last).image)
        call.classes = Int32(plan.shapes[last].channels)
        call.starts = slot.starts.pointer(as: Int32.self)
        call.findings = slot.findings.pointer(as: ck_cuda_finding.self)
        call.predicted = key.options.classSource == .predicted ? 1 : 0
        call.batch = Int32(count)
        try backend.gpu.launch(
            ck_cuda_rank_launch(&call), call, on: backend.compute, layer: plan.network.layers[last - 1].name)
    }

    /// From the activations to what the host takes.
    private func second(_ batch: Batch, count: Int) throws(CUDAFailure) {
        let (slot, stream) = (batch.slot, backend.second)
        switch way {
        case .activations(let maps):
            try maps.copy(count, from: slot.activations, starts: slot.starts, toSlot: batch.number, on: stream)
            // The predicted ones are not known here.
            try stream.copy(count * 4, from: slot.starts, to: slot.hostStarts.pointer)
        case .topDown(let readOut, let lists):
            let pass = CUDATopDown(
                device: backend.gpu, plan: backend.plan, weights: backend.weights, workspace: workspace, slot: slot,
                slotNumber: batch.number, batch: count, options: key.options.topDown, stream: stream)
            try pass.run(to: readOut, lists: lists)
        }
        let findings = MemoryLayout<ck_cuda_finding>.stride
        try stream.copy(count * findings, from: slot.findings, to: slot.hostFindings.pointer)
        if case .topDown(let readOut, _) = way, readOut.map != nil {
            try stream.copy(
                count * findings, from: slot.findings, at: slot.batch * findings,
                to: slot.hostFindings.pointer + slot.batch * findings)
        }
    }

    private func finish(_ batch: Batch) throws -> [Finding] {
        let slot = batch.slot
        try slot.done.synchronize()
        let begun = ContinuousClock.now
        let findings = CUDAFindings(
            backend: backend, options: key.options, slot: slot, pictures: batch.pictures)
        let found =
            switch way {
            case .topDown(let readOut, let lists):
                try findings.tuned(readOut, lists: lists, slotNumber: batch.number)
            case .activations(let maps):
                try findings.mapped(maps, slotNumber: batch.number, isAskedFor: key.map != nil)
            }
        if backend.isTimed { try addTimes(batch, since: begun) }
        return found
    }

    private func addTimes(_ batch: Batch, since begun: ContinuousClock.Instant) throws(CUDAFailure) {
        let slot = batch.slot
        backend.timings.readBack += (ContinuousClock.now - begun) / .seconds(1)
        backend.timings.upload += try CUDAEvent.seconds(from: slot.uploadBegun, to: slot.uploaded)
        backend.timings.forward += try CUDAEvent.seconds(from: slot.forwardBegun, to: slot.forwarded)
        backend.timings.topDown += try CUDAEvent.seconds(from: slot.secondBegun, to: slot.done)
        backend.timings.pictures += batch.pictures.count
        guard let begin = backend.callBegun else { return }
        for (from, to) in [(slot.forwardBegun, slot.forwarded), (slot.secondBegun, slot.done)] {
            let start = try CUDAEvent.seconds(from: begin, to: from)
            backend.timings.addSpan(start..<max(start, try CUDAEvent.seconds(from: begin, to: to)))
        }
    }
}
