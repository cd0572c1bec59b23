import CKernels

/// The structures that the top-down kernels take, as far as they follow from the network: without addresses.
struct TopDownCalls: Sendable {
    let network: Network
    let shapes: [Shape]
    let layout: ActivationLayout
    let geometries: [LayerGeometry?]

    init(network: Network, shapes: [Shape], layout: ActivationLayout) {
        self.network = network
        self.shapes = shapes
        self.layout = layout
        geometries = network.layers.enumerated().map { number, layer in
            LayerGeometry(layer: layer, input: shapes[layout.inputs[number][0]])
        }
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

    func convolution(_ number: Int, rule: ck_td_rule, batch: Int) -> ck_cuda_td_conv {
        let geometry = geometries[number]!
        var call = ck_cuda_td_conv()
        call.input = view(of: layout.inputs[number][0])
        (call.kernel_height, call.kernel_width) = (Int32(geometry.kernelHeight), Int32(geometry.kernelWidth))
        (call.stride_y, call.stride_x) = (Int32(geometry.stride), Int32(geometry.stride))
        (call.pad_y, call.pad_x) = (Int32(geometry.padding), Int32(geometry.padding))
        (call.groups, call.out_channels) = (Int32(geometry.groups), Int32(geometry.channelsOut))
        call.rule = rule
        (call.output_gating, call.input_gating) = (gating(of: number + 1), gating(of: layout.inputs[number][0]))
        call.batch = Int32(batch)
        return call
    }

    func bridge(_ number: Int, rule: ck_td_rule, batch: Int) -> ck_cuda_td_bridge {
        var call = ck_cuda_td_bridge()
        call.vector = gating(of: number + 1)
        call.rule = rule
        (call.batch, call.layer) = (Int32(batch), Int32(number))
        return call
    }

    func pool(_ number: Int, kernel: (Int, Int), stride: Int, padding: Int, batch: Int) -> ck_cuda_td_pool {
        var call = ck_cuda_td_pool()
        call.input = view(of: layout.inputs[number][0])
        (call.kernel_height, call.kernel_width) = (Int32(kernel.0), Int32(kernel.1))
        (call.stride_y, call.stride_x) = (Int32(stride), Int32(stride))
        (call.pad_y, call.pad_x) = (Int32(padding), Int32(padding))
        (call.output_gating, call.input_gating) = (gating(of: number + 1), gating(of: layout.inputs[number][0]))
        call.batch = Int32(batch)
        return call
    }

    func rule(_ number: Int, _ options: TopDownOptions) -> ck_td_rule {
        let geometry = geometries[number]!
        return geometry.isVector
            ? options.linearRule : options.convolutionRule(isOneByOne: geometry.isOneByOne)
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
                        if geometries[number] != nil {
                            var call = convolution(number, rule: rule(number, options), batch: batch)
                            most = max(most, ck_cuda_td_conv_scratch(&call, Int32(multiprocessors)))
                        }
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
