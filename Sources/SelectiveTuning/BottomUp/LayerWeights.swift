import CKernels

/// The weights of one convolution or fully connected layer, in the two layouts that the two passes read.
struct LayerWeights: Sendable {
    /// Kernel height and width: 1x1 for a fully connected layer over a vector.
    let kernelHeight: Int
    let kernelWidth: Int
    let stride: Int
    let padding: Int
    let groups: Int
    let relu: Bool
    /// Channels of the input and of the output.
    let channelsIn: Int
    let channelsOut: Int
    /// [out][kernel row][kernel column][in / groups]: one unit's weights side by side, for the top-down pass.
    let rows: FloatBuffer
    /// For each group, panels of output channels, `ck_conv_pack`.
    let packed: FloatBuffer
    /// For each group, padded with zeros to whole vectors.
    let bias: FloatBuffer

    /// Products of one output: the length of its chain.
    var chain: Int { kernelHeight * kernelWidth * channelsIn / groups }
    /// Packed output channels of one group.
    var paddedGroup: Int { Int(ck_conv_padded_channels(Int32(channelsOut / groups))) }

    /// Nil for a layer that has no weights.
    init?(layer: Layer, network: String, input: Shape, source: some TensorSource, pool: ThreadPool) throws {
        guard let weightShape = layer.weightShape(input: input) else { return nil }
        switch layer.kind {
        case .convolution(let c):
            (kernelHeight, kernelWidth, stride, padding) = (c.kernel, c.kernel, c.stride, c.padding)
            (groups, relu, channelsOut) = (c.groups, c.relu, c.outputs)
        case .linear(let outputs, let relu):
            (kernelHeight, kernelWidth, stride, padding) = (input.height, input.width, 1, 0)
            (groups, self.relu, channelsOut) = (1, relu, outputs)
        case .maxPool, .averagePool, .globalAveragePool, .localResponseNormalization, .concatenation:
            return nil
        }
        channelsIn = input.channels
        let groupIn = channelsIn / groups
        let groupOut = channelsOut / groups
        let area = kernelHeight * kernelWidth
        let chain = area * groupIn
        let padded = Int(ck_conv_padded_channels(Int32(groupOut)))
        let rows = try FloatBuffer(count: channelsOut * chain, purpose: "the weights of \(layer.name)")
        let packed = try FloatBuffer(count: groups * padded * chain, purpose: "the packed weights of \(layer.name)")
        let bias = try FloatBuffer(count: groups * padded, purpose: "the bias of \(layer.name)")

        let outputs = channelsOut
        let normalization = try layer.batchNormalization.map {
            try BatchNormalizationTensors($0, channels: outputs, layer: layer.name, network: network, source: source)
        }

        // From [out][in][row][column] of the files to [out][row][column][in].
        try source.withTensor("\(layer.tensorPrefix).weight", expecting: weightShape) { stored in
            nonisolated(unsafe) let stored = stored.baseAddress!
            pool.run(outputs) { out, _ in
                let target = rows.pointer + out * chain
                let origin = stored + out * chain
                if area == 1 {
                    target.update(from: origin, count: chain)
                } else {
                    for channel in 0..<groupIn {
                        for cell in 0..<area { target[cell * groupIn + channel] = origin[channel * area + cell] }
                    }
                }
                if let normalization {
                    for tap in 0..<chain { target[tap] = normalization.weight(target[tap], channel: out) }
                }
            }
        }
        pool.run(groups) { group, _ in
            ck_conv_pack(
                rows.pointer + group * groupOut * chain, Int32(groupOut), Int64(chain),
                packed.pointer + group * padded * chain)
        }
        var values = [Float](repeating: 0, count: outputs)
        if layer.hasBias { values = try source.tensor("\(layer.tensorPrefix).bias", expecting: [outputs]) }
        if let normalization {
            values = values.enumerated().map { normalization.bias($1, channel: $0) }
            // The file's numbers are finite; their quotient by a tiny variance may not be.
            guard values.allSatisfy(\.isFinite), (0..<outputs * chain).allSatisfy({ rows.pointer[$0].isFinite }) else {
                throw NetworkError.badLayer(
                    network: network, layer: layer.name,
                    problem: "its weights are beyond float32 once the batch normalisation is folded in")
            }
        }
        for (channel, value) in values.enumerated() {
            // + 0 turns -0 into +0: then no output depends on the sign of a chain's zero.
            bias.pointer[channel / groupOut * padded + channel % groupOut] = value + 0
        }
        self.rows = rows
        self.packed = packed
        self.bias = bias
    }

    /// The chain of one output pixel as contiguous runs of an input with these strides in floats.
    func runs(row: Int, pixel: Int) -> (offsets: [Int32], lengths: [Int32]) {
        var offsets: [Int32] = []
        var lengths: [Int32] = []
        func add(_ offset: Int, _ length: Int) {
            var done = 0
            while done < length {
                let part = min(length - done, Int(CK_CONV_RUN_LIMIT))
                offsets.append(Int32(offset + done))
                lengths.append(Int32(part))
                done += part
            }
        }
        let groupIn = channelsIn / groups
        for y in 0..<kernelHeight {
            if pixel == groupIn {  // neighbouring pixels' channels follow each other: one run a kernel row
                add(y * row, kernelWidth * groupIn)
            } else {
                for x in 0..<kernelWidth { add(y * row + x * pixel, groupIn) }
            }
        }
        return (offsets, lengths)
    }
}
