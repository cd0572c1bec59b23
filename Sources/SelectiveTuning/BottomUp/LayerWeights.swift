import CKernels

/// The weights of one convolution or fully connected layer, in the two layouts that the two passes read.
struct LayerWeights: Sendable {
    let geometry: LayerGeometry
    /// [out][kernel row][kernel column][in / groups]: one unit's weights side by side, for the top-down pass.
    let rows: FloatBuffer
    /// For each group, panels of output channels, `ck_conv_pack`.
    let packed: FloatBuffer
    /// For each group, padded with zeros to whole vectors.
    let bias: FloatBuffer

    /// Nil for a layer that has no weights.
    init?(layer: Layer, network: String, input: Shape, source: some TensorSource, pool: ThreadPool) throws {
        guard let weightShape = layer.weightShape(input: input),
            let geometry = LayerGeometry(layer: layer, input: input)
        else { return nil }
        self.geometry = geometry
        let (groups, groupIn, groupOut, outputs) = (
            geometry.groups, geometry.groupIn, geometry.groupOut, geometry.channelsOut
        )
        let area = geometry.kernelHeight * geometry.kernelWidth
        let (chain, padded) = (geometry.chain, geometry.paddedGroup)
        let rows = try FloatBuffer(count: outputs * chain, purpose: "the weights of \(layer.name)")
        let packed = try FloatBuffer(count: groups * padded * chain, purpose: "the packed weights of \(layer.name)")
        let bias = try FloatBuffer(count: groups * padded, purpose: "the bias of \(layer.name)")

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
}
