import CKernels

/// Everything on a device that a batch needs beside the weights, and the memory of the host that it is copied from and
/// to.
final class CUDAWorkspace: Sendable {
    let batch: Int
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
        table = try DeviceMemory(device, bytes: sizes.table)
        values = try DeviceMemory(device, bytes: sizes.values)
        touched = try DeviceMemory(device, bytes: sizes.touched)
        absolute = try DeviceMemory(device, bytes: sizes.absolute)
        scratch = try DeviceMemory(device, bytes: sizes.scratch)
        var slots: [CUDASlot] = []
        for _ in 0..<CUDAMemoryPlan.Sizes.slots {
            slots.append(
                try CUDASlot(plan, sizes.slot, batch: batch, device: device, stream: stream, isTimed: isTimed))
        }
        self.slots = slots
        // A pass leaves all gating cleared: this is the first and only time.
        for memory in [values, touched, absolute] { try memory.clear(words: 0..<memory.bytes / 4, on: stream) }
        let table = plan.network.normalization.table
        try stream.copy(sizes.table, from: table, to: self.table)
        try stream.synchronize()
    }
}

/// What one batch in flight has for itself: of everything that one batch's top-down pass reads while the next one's
/// forward pass writes.
final class CUDASlot: Sendable {
    let batch: Int
    let activations: CUDAActivations
    /// 8-bit RGB, and the output unit at which each picture's gating starts.
    let pixels: DeviceMemory
    let starts: DeviceMemory
    let images: DeviceMemory
    /// [2][batch]: of the box, and how much is listed of another map.
    let findings: DeviceMemory

    let hostPixels: PinnedMemory
    let hostStarts: PinnedMemory
    /// The pass's counts where the box is read out, and at its end.
    let hostImages: PinnedMemory
    let hostImagesAtEnd: PinnedMemory
    let hostFindings: PinnedMemory

    let uploadBegun, uploaded, forwardBegun, forwarded, secondBegun, done: CUDAEvent

    init(
        _ plan: CUDAMemoryPlan, _ sizes: CUDAMemoryPlan.Sizes.Slot, batch: Int, device: CUDADevice, stream: CUDAStream,
        isTimed: Bool
    ) throws(CUDAFailure) {
        self.batch = batch
        activations = try CUDAActivations(layout: plan.layout, batch: batch, device: device, stream: stream)
        pixels = try DeviceMemory(device, bytes: sizes.pixels)
        starts = try DeviceMemory(device, bytes: sizes.starts)
        images = try DeviceMemory(device, bytes: sizes.images)
        findings = try DeviceMemory(device, bytes: sizes.findings)
        hostPixels = try PinnedMemory(device, bytes: sizes.pixels)
        hostStarts = try PinnedMemory(device, bytes: sizes.starts)
        hostImages = try PinnedMemory(device, bytes: sizes.images)
        hostImagesAtEnd = try PinnedMemory(device, bytes: sizes.images)
        hostFindings = try PinnedMemory(device, bytes: sizes.findings)
        uploadBegun = try CUDAEvent(device, isTimed: isTimed)
        uploaded = try CUDAEvent(device, isTimed: isTimed)
        forwardBegun = try CUDAEvent(device, isTimed: isTimed)
        forwarded = try CUDAEvent(device, isTimed: isTimed)
        secondBegun = try CUDAEvent(device, isTimed: isTimed)
        done = try CUDAEvent(device, isTimed: isTimed)
    }
}
