import CKernels

/// One call of `evaluate` on a device: its pictures in batches, two of which are in flight.
///
/// The host never waits for a batch before the next one is under way, except for the starts of a top-down pass that
/// begins at the predicted class.
struct CUDARun {
    private let backend: CUDABackend
    private let workspace: CUDAWorkspace
    private let options: LocalizationOptions
    private let way: Way
    private let forward: CUDAForward
    private let topDown: CUDATopDown

    /// From the activations to the maps.
    enum Way {
        case topDown(readOut: Int)
        /// On the host, from activations that are copied there.
        case activations(CUDAActivationMaps)
    }

    init(
        backend: CUDABackend, workspace: CUDAWorkspace, options: LocalizationOptions, way: Way, tile: ck_cuda_tile?
    ) {
        self.backend = backend
        self.workspace = workspace
        self.options = options
        self.way = way
        let plan = backend.plan
        forward = CUDAForward(
            device: backend.gpu, network: plan.network, shapes: plan.shapes, layout: plan.layout,
            weights: backend.weights, activations: workspace.activations, table: workspace.table, tile: tile)
        topDown = CUDATopDown(
            device: backend.gpu, plan: plan, weights: backend.weights, workspace: workspace)
    }

    /// A batch in flight.
    private struct Batch {
        let pictures: ArraySlice<Picture>
        let number: Int
        let slot: CUDASlot
    }

    /// Whether a batch's second half waits for its outputs: a map of activations alone chooses its class on the host.
    private var startsAtPredicted: Bool {
        guard options.classSource == .predicted else { return false }
        switch way {
        case .topDown: return true
        case .activations(let maps): return maps.takesGradients
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
            try begin(first)
            for (number, batch) in batches.enumerated() {
                if startsAtPredicted { try beginAtPredicted(batch) }
                if number + 1 < batches.count { try begin(batches[number + 1]) }
                deliver(try finish(batch))
            }
        } catch {
            backend.settle()
            throw error
        }
    }

    /// Copies the pictures to the device, and starts what can start.
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
        if options.classSource == .label {
            try copyStarts(batch.pictures.map(\.label), slot, on: backend.copies)
        }
        try slot.uploaded.record(on: backend.copies)
        try backend.compute.wait(for: slot.uploaded)
        try slot.forwardBegun.record(on: backend.compute)
        try forward.run(pixels: slot.pixels, batch: count, on: backend.compute)
        try slot.forwarded.record(on: backend.compute)
        let outputs = backend.plan.layout.storage(of: backend.network.layers.count)
        try backend.compute.copy(
            outputs.image * count * 4,
            from: workspace.activations.memory(of: backend.network.layers.count).memory, to: slot.hostOutputs.pointer)
        if !startsAtPredicted { try beginSecondHalf(batch) }
    }

    /// What follows the outputs, once the classes are where the device finds them.
    private func beginSecondHalf(_ batch: Batch) throws(CUDAFailure) {
        switch way {
        case .activations(let maps):
            try maps.copy(
                batch.pictures.count, from: workspace.activations, starts: batch.slot.starts, toSlot: batch.number,
                on: backend.compute)
            try batch.slot.done.record(on: backend.compute)
        case .topDown(let readOut): try beginTopDown(batch, readOut)
        }
    }

    private func copyStarts(_ units: [Int], _ slot: CUDASlot, on stream: CUDAStream) throws(CUDAFailure) {
        let starts = slot.hostStarts.buffer(as: Int32.self)
        for (image, unit) in units.enumerated() { starts[image] = Int32(unit) }
        try stream.copy(units.count * 4, from: slot.hostStarts.pointer, to: slot.starts)
    }

    /// The class with the largest output, the first of equals.
    private func beginAtPredicted(_ batch: Batch) throws(CUDAFailure) {
        try backend.compute.synchronize()
        let units = (0..<batch.pictures.count).map { Ranking.top(1, of: outputs(batch.slot, $0))[0] }
        try copyStarts(units, batch.slot, on: backend.compute)
        try beginSecondHalf(batch)
    }

    private func beginTopDown(_ batch: Batch, _ readOut: Int) throws(CUDAFailure) {
        let (slot, count) = (batch.slot, batch.pictures.count)
        let stream = backend.compute
        try topDown.run(slot, batch: count, readOut: readOut, options: options.topDown, on: stream)
        try stream.copy(4, from: slot.count, to: slot.hostCount.pointer)
        try stream.copy(count * MemoryLayout<ck_cuda_td_image>.stride, from: slot.images, to: slot.hostImages.pointer)
        try slot.done.record(on: stream)
    }

    /// The last layer's output of one image.
    private func outputs(_ slot: CUDASlot, _ image: Int) -> UnsafeBufferPointer<Float> {
        let last = backend.network.layers.count
        let layout = backend.plan.layout
        let floats = slot.hostOutputs.buffer(as: Float.self)
        let start = image * layout.storage(of: last).image + layout.origin(of: last)
        return UnsafeBufferPointer(rebasing: floats[start..<start + backend.plan.shapes.last!.channels])
    }

    private func finish(_ batch: Batch) throws -> [Finding] {
        let slot = batch.slot
        try slot.done.synchronize()
        let begun = ContinuousClock.now
        let findings =
            switch way {
            case .topDown(let readOut): try tuned(batch, readOut)
            case .activations(let maps): try mapped(batch, maps)
            }
        if backend.isTimed { try addTimes(batch, since: begun) }
        return findings
    }

    /// Throws what a picture's top-down pass found.
    private func check(_ image: ck_cuda_td_image) throws(NetworkError) {
        guard image.status != Int32(CK_TD_OK.rawValue) else { return }
        var stats = ck_td_stats()
        stats.error_unit = image.error_unit
        do {
            try TopDownError.check(
                ck_td_status(UInt32(image.status)), layer: backend.network.layers[Int(image.error_layer)].name,
                stats: stats)
        } catch {
            throw .topDown(network: backend.network.name, error)
        }
    }

    /// The gating at the read-out of each image, in portions: how much there is, only the device knows.
    private func entries(_ slot: CUDASlot, images: Int) throws(CUDAFailure) -> [[ReadOutMap.Entry]] {
        var entries = [[ReadOutMap.Entry]](repeating: [], count: images)
        let count = Int(slot.hostCount.buffer(as: UInt32.self)[0])
        let stride = MemoryLayout<ck_cuda_read_out_entry>.stride
        let portion = slot.hostEntries.bytes / stride
        let buffer = slot.hostEntries.buffer(as: ck_cuda_read_out_entry.self)
        var done = 0
        while done < count {
            let part = min(portion, count - done)
            try backend.copies.copy(part * stride, from: slot.entries, at: done * stride, to: slot.hostEntries.pointer)
            try backend.copies.synchronize()
            for entry in buffer[..<part] {
                entries[Int(entry.image)].append(ReadOutMap.Entry(index: entry.index, value: entry.value))
            }
            done += part
        }
        return entries
    }

    private func tuned(_ batch: Batch, _ readOut: Int) throws -> [Finding] {
        let (shape, field) = (backend.plan.shapes[readOut], backend.fields[readOut])
        nonisolated(unsafe) let images = batch.slot.hostImages.buffer(as: ck_cuda_td_image.self)
        for image in 0..<batch.pictures.count { try check(images[image]) }
        let entries = try entries(batch.slot, images: batch.pictures.count)
        let place = ReadOut(field, isImage: readOut == 0)
        return backend.pool.map(batch.pictures.count) { image, _ in
            let map = ReadOutMap(
                width: shape.width, height: shape.height, channels: shape.channels, entries: entries[image])
            return finding(batch, image, map: map, readOut: place, images[image])
        }
    }

    private func mapped(_ batch: Batch, _ maps: CUDAActivationMaps) throws(NetworkError) -> [Finding] {
        let findings = backend.pool.map(batch.pictures.count) { image, _ in
            Result { () throws(NetworkError) in
                let outputs = outputs(batch.slot, image)
                let label = batch.pictures[batch.pictures.startIndex + image].label
                let start = options.classSource == .label ? label : Ranking.top(1, of: outputs)[0]
                let map = try maps.map(slot: batch.number, image: image, class: start, score: outputs[start])
                return finding(batch, image, map: map, readOut: .image, ck_cuda_td_image())
            }
        }
        var results: [Finding] = []
        for finding in findings { results.append(try finding.get()) }
        return results
    }

    private func finding(_ batch: Batch, _ image: Int, map: ReadOutMap, readOut: ReadOut, _ stats: ck_cuda_td_image)
        -> Finding
    {
        let outputs = outputs(batch.slot, image)
        let top5 = Ranking.top(5, of: outputs)
        let (box, isEmpty) = localize(
            map: map, options: options.box, readOut: readOut, inputSize: backend.network.inputSize)
        return Finding(
            top5: top5, scores: top5.map { outputs[$0] }, box: box, isEmpty: isEmpty,
            droppedMass: Int64(bitPattern: stats.dropped_mass), ties: Int64(bitPattern: stats.ties),
            ineligible: Int64(bitPattern: stats.ineligible), map: map)
    }

    private func addTimes(_ batch: Batch, since begun: ContinuousClock.Instant) throws(CUDAFailure) {
        let slot = batch.slot
        backend.timings.readBack += (ContinuousClock.now - begun) / .seconds(1)
        backend.timings.upload += try CUDAEvent.seconds(from: slot.uploadBegun, to: slot.uploaded)
        backend.timings.forward += try CUDAEvent.seconds(from: slot.forwardBegun, to: slot.forwarded)
        backend.timings.topDown += try CUDAEvent.seconds(from: slot.forwarded, to: slot.done)
        backend.timings.pictures += batch.pictures.count
    }
}
