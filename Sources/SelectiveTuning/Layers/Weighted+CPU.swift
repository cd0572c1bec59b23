import CKernels

extension Weighted {
    func forward(_ layer: CPULayer) {
        let weights = layer.weights
        let fast = layer.fastWeights
        let (input, output) = (layer.inputs[0], layer.output)
        let (from, to) = (layer.storage(of: input), layer.storage(of: output))
        let shape = layer.shape(of: output)
        let geometry = weights.geometry
        guard !geometry.isDepthwise else { return layer.depthwise(weights) }
        let runs = geometry.runs(row: from.row, pixel: from.channels)
        let (groupIn, groupOut) = (geometry.groupIn, geometry.groupOut)
        runs.offsets.withUnsafeBufferPointer { offsets in
            runs.lengths.withUnsafeBufferPointer { lengths in
                for group in 0..<geometry.groups {
                    var call = ck_conv()
                    call.input = UnsafePointer(layer.firstTap(of: input, geometry.window) + group * groupIn)
                    (call.input_image, call.input_row, call.input_pixel) = (from.image, from.row, from.channels)
                    (call.stride_y, call.stride_x) = (
                        Int32(geometry.window.stride.height), Int32(geometry.window.stride.width)
                    )
                    call.output = layer.address(of: output) + group * groupOut
                    (call.output_image, call.output_row, call.output_pixel) = (to.image, to.row, to.channels)
                    (call.batch, call.height, call.width) = (
                        Int32(layer.batch), Int32(shape.height), Int32(shape.width)
                    )
                    call.channels = Int32(groupOut)
                    call.runs = Int32(offsets.count)
                    (call.run_offset, call.run_length) = (offsets.baseAddress, lengths.baseAddress)
                    call.weights = UnsafePointer(weights.packed.pointer + group * geometry.paddedGroup * geometry.chain)
                    call.bias = UnsafePointer(weights.bias.pointer + group * geometry.paddedGroup)
                    call.ceiling = geometry.rectifier.upperEnd
                    if let fast {
                        fast.run(call, group: group, channelsIn: groupIn, layer)
                        continue
                    }
                    call.nonzero = layer.nonzeroBits(of: input, from: call.input)
                    nonisolated(unsafe) let fixed = call
                    layer.run(Int(ck_conv_tasks(&call))) { [isa = layer.isa, scratch = layer.scratch] task, thread in
                        withUnsafePointer(to: fixed) { ck_conv_run(isa, $0, Int32(task), scratch[thread].pointer) }
                    }
                }
            }
        }
    }

    func topDown(_ layer: CPUTopDownLayer) -> ck_td_status {
        let weights = layer.weights
        let geometry = weights.geometry
        let input = layer.inputs[0]
        var view = layer.view(of: input)
        if geometry.isVector {
            var rule = layer.options.linearRule
            return ck_td_linear(
                layer.workspace, weights.rows.pointer, &rule, view.data, layer.outputGating, layer.gating(of: input),
                layer.stats)
        }
        var call = ck_td_conv_layer(
            weights: weights.rows.pointer, window: geometry.window.call, groups: Int32(geometry.groups),
            out_channels: Int32(geometry.channelsOut),
            rule: layer.options.convolutionRule(isOneByOne: geometry.isOneByOne))
        return ck_td_conv(
            layer.workspace, &call, &view, layer.outputGating, layer.gating(of: input), layer.stats)
    }
}

extension FastWeights {
    fileprivate func run(_ call: ck_conv, group: Int, channelsIn: Int, _ layer: CPULayer) {
        var fast = ck_conv_fast()
        fast.method = method
        fast.isa = layer.isa
        fast.bf16 = layer.hasBF16 ? 1 : 0
        fast.channels_in = Int32(channelsIn)
        fast.weights = UnsafeRawPointer(packed.pointer + group * stride)
        fast.conv = call
        nonisolated(unsafe) let fixed = fast
        layer.run(Int(ck_conv_fast_tasks(&fast))) { [scratch = layer.scratch] task, thread in
            withUnsafePointer(to: fixed) { ck_conv_fast_run($0, Int32(task), scratch[thread].pointer) }
        }
    }
}
