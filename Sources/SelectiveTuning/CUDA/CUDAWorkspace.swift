import CKernels

/// Everything on a device that a batch needs beside the weights, and the memory of the host that it is copied from and
/// to.
final class CUDAWorkspace: Sendable {
    let batch: Int
    let activations: CUDAActivations
    let table: DeviceMemory
    let values: DeviceMemory
    let touched: DeviceMemory
    let absolute: DeviceMemory
    let scratch: DeviceMemory
    let slots: [CUDASlot]

    /// Throws `CUDAFailure`, and leaves nothing behind then.
    init(plan: CUDAMemoryPlan, batch: Int, device: CUDADevice, stream: CUDAStream, isTimed: Bool) throws(CUDAFailure) {
        let sizes = plan.sizes(batch: batch)
        self.batch = batch
        activations = try CUDAActivations(layout: plan.layout, batch: batch, device: device, stream: stream)
        table = try DeviceMemory(device, bytes: sizes.table)
        values = try DeviceMemory(device, bytes: sizes.values)
        touched = try DeviceMemory(device, bytes: sizes.touched)
        absolute = try DeviceMemory(device, bytes: sizes.absolute)
        scratch = try DeviceMemory(device, bytes: sizes.scratch)
        let output = plan.layout.storage(of: plan.network.layers.count)
        var slots: [CUDASlot] = []
        for _ in 0..<CUDAMemoryPlan.Sizes.slots {
            slots.append(
                try CUDASlot(
                    sizes.slot, outputBytes: output.image * batch * 4, batch: batch, device: device, isTimed: isTimed))
        }
        self.slots = slots
        // A pass leaves all gating cleared: this is the first and only time.
        for memory in [values, touched, absolute] { try memory.clear(words: 0..<memory.bytes / 4, on: stream) }
        let table = plan.network.normalization.table
        try stream.copy(sizes.table, from: table, to: self.table)
        try stream.synchronize()
    }
}

/// What one batch in flight has for itself.
final class CUDASlot: Sendable {
    /// 8-bit RGB, and the output unit at which each picture's gating starts.
    let pixels: DeviceMemory
    let starts: DeviceMemory
    let images: DeviceMemory
    let count: DeviceMemory
    let entries: DeviceMemory

    let hostPixels: PinnedMemory
    let hostStarts: PinnedMemory
    /// The storage of the last layer's activation, of the whole batch.
    let hostOutputs: PinnedMemory
    let hostImages: PinnedMemory
    let hostCount: PinnedMemory
    let hostEntries: PinnedMemory

    let uploadBegun, uploaded, forwardBegun, forwarded, done: CUDAEvent

    /// Bytes of entries that are copied at once.
    static let portion = 16 << 20

    init(_ sizes: CUDAMemoryPlan.Sizes.Slot, outputBytes: Int, batch: Int, device: CUDADevice, isTimed: Bool)
        throws(CUDAFailure)
    {
        pixels = try DeviceMemory(device, bytes: sizes.pixels)
        starts = try DeviceMemory(device, bytes: sizes.starts)
        images = try DeviceMemory(device, bytes: sizes.images)
        count = try DeviceMemory(device, bytes: sizes.count)
        entries = try DeviceMemory(device, bytes: sizes.entries)
        hostPixels = try PinnedMemory(device, bytes: sizes.pixels)
        hostStarts = try PinnedMemory(device, bytes: sizes.starts)
        hostOutputs = try PinnedMemory(device, bytes: outputBytes)
        hostImages = try PinnedMemory(device, bytes: sizes.images)
        hostCount = try PinnedMemory(device, bytes: sizes.count)
        hostEntries = try PinnedMemory(device, bytes: min(sizes.entries, Self.portion))
        uploadBegun = try CUDAEvent(device, isTimed: isTimed)
        uploaded = try CUDAEvent(device, isTimed: isTimed)
        forwardBegun = try CUDAEvent(device, isTimed: isTimed)
        forwarded = try CUDAEvent(device, isTimed: isTimed)
        done = try CUDAEvent(device, isTimed: isTimed)
    }
}
