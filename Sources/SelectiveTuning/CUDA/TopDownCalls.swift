import CKernels

/// The structures that the top-down kernels take, as far as they follow from the network: without addresses.
struct TopDownCalls: Sendable {
    let network: Network
    let shapes: [Shape]
    let layout: ActivationLayout

    init(network: Network, shapes: [Shape], layout: ActivationLayout) {
        self.network = network
        self.shapes = shapes
        self.layout = layout
    }

    func view(of activation: Int) -> ck_cuda_view {
        let (shape, storage) = (shapes[activation], layout.storage(of: activation))
        return ck_cuda_view(
            data: nil, image_stride: Int64(storage.image), row_stride: Int64(storage.row),
            pixel_stride: Int64(storage.channels), height: Int32(shape.height), width: Int32(shape.width),
            channels: Int32(shape.channels))
    }

    func gating(of activation: Int) -> ck_cuda_gating {
        let shape = shapes[activation]
        return ck_cuda_gating(
            value: nil, touched: nil, absolute: nil, height: Int32(shape.height), width: Int32(shape.width),
            channels: Int32(shape.channels))
    }

    func bridge(_ number: Int, rule: ck_td_rule, batch: Int) -> ck_cuda_td_bridge {
        var call = ck_cuda_td_bridge()
        call.vector = gating(of: number + 1)
        call.rule = rule
        (call.batch, call.layer) = (Int32(batch), Int32(number))
        return call
    }

    /// Scratch memory of the most demanding launch under any options.
    func scratchBytes(batch: Int, multiprocessors: Int) -> Int {
        var most: Int64 = 0
        for selection in Selection.allCases {
            for mode in SubsetMode.allCases {
                for oneByOne in OneByOneMode.allCases {
                    let options = TopDownOptions(
                        selection: selection, linearMode: mode, bridgeMode: mode, oneByOne: oneByOne)
                    for number in network.layers.indices {
                        most = max(
                            most,
                            network.layers[number].work.topDownScratch(
                                self, number: number, options: options, batch: batch, multiprocessors: multiprocessors))
                        if network.layers[number].bridge {
                            var call = bridge(number, rule: options.bridgeRule, batch: batch)
                            most = max(most, ck_cuda_td_bridge_scratch(&call))
                        }
                    }
                }
            }
        }
        return Int(most)
    }
}
