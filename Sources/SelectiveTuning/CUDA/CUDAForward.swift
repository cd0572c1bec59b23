import CKernels

/// The bottom-up pass on a device: the CPU's layout and numerics (`ForwardPass`), the whole batch in each launch.
struct CUDAForward: Sendable {
    let device: CUDADevice
    let network: Network
    let shapes: [Shape]
    let layout: ActivationLayout
    let weights: CUDAWeights
    let activations: CUDAActivations
    /// [3][256], by source channel.
    let table: DeviceMemory
    /// Instead of the tile that should be fastest for each convolution, for checks: every one gives the same bits.
    var tile: ck_cuda_tile?

    /// Runs the whole network over `batch` pictures of 8-bit RGB at `pixels`.
    func run(pixels: DeviceMemory, batch: Int, on stream: CUDAStream) throws(CUDAFailure) {
        try normalize(pixels: pixels, batch: batch, on: stream)
        for (number, layer) in network.layers.enumerated() {
            try layer.work.forward(CUDALayer(forward: self, number: number, batch: batch, stream: stream))
        }
    }

    private func normalize(pixels: DeviceMemory, batch: Int, on stream: CUDAStream) throws(CUDAFailure) {
        let storage = layout.storage(of: 0)
        let order = network.normalization.channelOrder.map(Int32.init)
        var call = ck_cuda_normalize()
        call.rgb = UnsafePointer(pixels.pointer(as: UInt8.self))
        call.table = UnsafePointer(table.pointer(as: Float.self))
        call.order = (order[0], order[1], order[2])
        call.output = activations.pointer(to: 0)
        (call.output_image, call.output_row, call.output_pixel) = storage.strides
        (call.batch, call.height, call.width) = (Int32(batch), Int32(shapes[0].height), Int32(shapes[0].width))
        try device.launch(ck_cuda_normalize_launch(&call), call, on: stream, layer: Network.image)
    }
}
