import CKernels

/// How much memory a network needs on a device: a function of the network, the batch and the device's number of
/// multiprocessors alone. The driver's own (context, code) comes on top.
struct CUDAMemoryPlan: Sendable {
    let network: Network
    let shapes: [Shape]
    let layout: ActivationLayout
    let gatings: GatingLayout
    let multiprocessors: Int
    /// Of the weights, whatever the batch.
    let weightsBytes: Int
    private let calls: TopDownCalls

    init(network: Network, multiprocessors: Int) throws(NetworkError) {
        self.network = network
        self.multiprocessors = multiprocessors
        shapes = try network.shapes()
        layout = ActivationLayout(network: network, shapes: shapes)
        gatings = GatingLayout(shapes: shapes, inputs: layout.inputs)
        calls = TopDownCalls(network: network, shapes: shapes, layout: layout)
        var bytes = 0
        for (number, layer) in network.layers.enumerated() {
            guard let geometry = layer.work.weightGeometry(input: shapes[layout.inputs[number][0]]) else { continue }
            for part in CUDAWeights.bytes(geometry) { bytes += CUDAMemoryPlan.allocated(part) }
        }
        weightsBytes = bytes
    }

    /// What a batch needs, each an allocation of its own. Lists of maps come on top where a job asks for them.
    struct Sizes: Sendable, Hashable {
        var table: Int
        var values: Int
        var touched: Int
        var absolute: Int
        var scratch: Int
        var slot: Slot

        /// What there are two of, so that one batch is on its way while another is computed.
        struct Slot: Sendable, Hashable {
            /// One for each of the layout's storages.
            var storages: [Int]
            var pixels: Int
            var starts: Int
            var images: Int
            var findings: Int

            var all: [Int] { storages + [pixels, starts, images, findings] }
        }

        static let slots = 2

        var all: [Int] { [table, values, touched, absolute, scratch] + slot.all + slot.all }
    }

    /// In bytes.
    func sizes(batch: Int) -> Sizes {
        Sizes(
            table: 3 * 256 * 4, values: gatings.valuesPerImage * batch * 8, touched: gatings.wordsPerImage * batch * 4,
            absolute: shapes.count * batch * 8,
            scratch: calls.scratchBytes(batch: batch, multiprocessors: multiprocessors),
            slot: .init(
                storages: layout.storages.map { $0.image * batch * 4 }, pixels: shapes[0].count * batch,
                starts: batch * 4, images: batch * MemoryLayout<ck_cuda_td_image>.stride,
                findings: 2 * batch * MemoryLayout<ck_cuda_finding>.stride))
    }

    /// Bytes with weights and a batch.
    func bytes(batch: Int) -> Int {
        sizes(batch: batch).all.reduce(weightsBytes) { $0 + CUDAMemoryPlan.allocated($1) }
    }

    /// The largest batch that fits into `free` bytes beside the weights, which are there already; nil when not even one
    /// picture does. A sixteenth stays free for the driver.
    func capacity(free: Int, atMost most: Int) -> Int? {
        let room = free - free / 16 + weightsBytes
        return (1...max(most, 1)).last { bytes(batch: $0) <= room }
    }

    /// What an allocation takes at the least.
    static func allocated(_ bytes: Int) -> Int { (bytes + 255) / 256 * 256 }
}
