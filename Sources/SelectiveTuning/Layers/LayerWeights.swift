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

    /// Reads and packs the weights, which have `shape` in the file.
    init(
        _ geometry: LayerGeometry, shape: [Int], hasBias: Bool, batchNormalization: Layer.BatchNormalization?,
        _ reading: WeightReading
    ) throws {
        self.geometry = geometry
        let (layer, pool) = (reading.layer, reading.pool)
        let (groups, groupIn, groupOut, outputs) = (
            geometry.groups, geometry.groupIn, geometry.groupOut, geometry.channelsOut
        )
        let area = geometry.window.kernel.area
        let (chain, padded) = (geometry.chain, geometry.paddedGroup)
        let rows = try FloatBuffer(count: geometry.rowsCount, purpose: "the weights of \(layer.name)")
        let packed = try FloatBuffer(count: geometry.packedCount, purpose: "the packed weights of \(layer.name)")
        let bias = try FloatBuffer(count: geometry.biasCount, purpose: "the bias of \(layer.name)")

        let normalization = try batchNormalization.map {
            try BatchNormalizationTensors($0, channels: outputs, reading)
        }

        // From [out][in][row][column] of the files to [out][row][column][in].
        try reading.source.withTensor("\(layer.tensorPrefix).weight", expecting: shape) { stored in
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
        if hasBias { values = try reading.source.tensor("\(layer.tensorPrefix).bias", expecting: [outputs]) }
        if let normalization {
            values = values.enumerated().map { normalization.bias($1, channel: $0) }
            // The file's numbers are finite; their quotient by a tiny variance may not be.
            guard values.allSatisfy(\.isFinite), (0..<geometry.rowsCount).allSatisfy({ rows.pointer[$0].isFinite }) else {
                throw NetworkError.badLayer(
                    network: reading.network, layer: layer.name,
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
