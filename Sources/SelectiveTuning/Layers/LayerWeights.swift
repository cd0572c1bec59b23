import CKernels

/// The weights of one layer, in the layouts that the two passes read.
struct LayerWeights: Sendable {
    let geometry: LayerGeometry
    /// [out][kernel row][kernel column][in / groups]: one unit's weights side by side, for the top-down pass.
    let rows: FloatBuffer
    /// For each group, panels of output channels, `ck_conv_pack`; of a depthwise convolution, [kernel row][kernel
    /// column][channel].
    let packed: FloatBuffer
    /// For each group, padded with zeros to whole vectors; of a depthwise convolution, one a channel.
    let bias: FloatBuffer

    /// - Parameters:
    ///   - rows: filled.
    ///   - values: the bias of each output.
    init(_ geometry: LayerGeometry, rows: FloatBuffer, bias values: [Float], layer: String, pool: ThreadPool)
        throws(NetworkError)
    {
        let packed = try FloatBuffer(count: geometry.packedCount, purpose: "the packed weights of \(layer)")
        let bias = try FloatBuffer(count: geometry.biasCount, purpose: "the bias of \(layer)")
        let (groupOut, chain, padded) = (geometry.groupOut, geometry.chain, geometry.paddedGroup)
        if geometry.isDepthwise {
            let channels = geometry.channelsOut
            for channel in 0..<channels {
                for tap in 0..<chain { packed.pointer[tap * channels + channel] = rows.pointer[channel * chain + tap] }
            }
        } else {
            pool.run(geometry.groups) { group, _ in
                ck_conv_pack(
                    rows.pointer + group * groupOut * chain, Int32(groupOut), Int64(chain),
                    packed.pointer + group * padded * chain)
            }
        }
        for (channel, value) in values.enumerated() {
            let place = geometry.isDepthwise ? channel : channel / groupOut * padded + channel % groupOut
            // + 0 turns -0 into +0: then no output depends on the sign of a chain's zero.
            bias.pointer[place] = value + 0
        }
        self.geometry = geometry
        self.rows = rows
        self.packed = packed
        self.bias = bias
    }
}

extension LayerWeights {
    /// Reads and packs the weights of a convolution or a fully connected layer, which have `shape` in the file.
    init(
        _ geometry: LayerGeometry, shape: [Int], hasBias: Bool, batchNormalization: Layer.BatchNormalization?,
        _ reading: WeightReading
    ) throws {
        let (layer, outputs) = (reading.layer, geometry.channelsOut)
        let (area, groupIn, chain) = (geometry.window.kernel.area, geometry.groupIn, geometry.chain)
        let rows = try FloatBuffer(count: geometry.rowsCount, purpose: "the weights of \(layer.name)")
        let normalization = try batchNormalization.map {
            try BatchNormalizationTensors($0, channels: outputs, reading)
        }

        // From [out][in][row][column] of the files to [out][row][column][in].
        try reading.source.withTensor("\(layer.tensorPrefix).weight", expecting: shape) { stored in
            nonisolated(unsafe) let stored = stored.baseAddress!
            reading.pool.run(outputs) { out, _ in
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
        var values = [Float](repeating: 0, count: outputs)
        if hasBias { values = try reading.source.tensor("\(layer.tensorPrefix).bias", expecting: [outputs]) }
        if let normalization {
            values = values.enumerated().map { normalization.bias($1, channel: $0) }
            try reading.checkFolded(values, rows)
        }
        try self.init(geometry, rows: rows, bias: values, layer: layer.name, pool: reading.pool)
    }
}
