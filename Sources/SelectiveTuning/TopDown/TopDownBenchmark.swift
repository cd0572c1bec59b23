import CKernels

/// Times the top-down kernels on layers of AlexNet's shapes with random weights and activities, one thread.
package enum TopDownBenchmark {
    package struct Row: Sendable {
        package var layer: String
        package var units: Int
        package var products: Int
        /// Of one pass through the layer, the best of several.
        package var nanoseconds: Double
    }

    private struct Layer {
        var name: String
        var size: Int
        var channels: Int
        var out: Int
        var kernel: Int
        var stride = 1
        var pad = 0
        var active: Int
        /// Share of activities that ReLU made zero; the input picture has none, and negative values.
        var zeros = 0.0
        var isLinear = false
    }

    /// Sizes, and numbers of active units as real images give them.
    private static let layers = [
        Layer(name: "fc8", size: 1, channels: 4096, out: 64, kernel: 1, active: 1, zeros: 0.8, isLinear: true),
        Layer(name: "fc7", size: 1, channels: 4096, out: 64, kernel: 1, active: 11, zeros: 0.8, isLinear: true),
        Layer(name: "fc6", size: 6, channels: 256, out: 64, kernel: 6, active: 20, zeros: 0.8),
        Layer(name: "conv5", size: 13, channels: 256, out: 256, kernel: 3, pad: 1, active: 100, zeros: 0.8),
        Layer(name: "conv4", size: 13, channels: 384, out: 256, kernel: 3, pad: 1, active: 120, zeros: 0.8),
        Layer(name: "conv3", size: 13, channels: 192, out: 384, kernel: 3, pad: 1, active: 150, zeros: 0.5),
        Layer(name: "conv2", size: 27, channels: 64, out: 192, kernel: 5, pad: 2, active: 200, zeros: 0.2),
        Layer(name: "conv1", size: 224, channels: 3, out: 64, kernel: 11, stride: 4, pad: 2, active: 350),
    ]

    package static func run(isa: ck_isa, options: TopDownOptions = TopDownOptions()) throws -> [Row] {
        try layers.map { try time($0, isa: isa, options: options) }
    }

    private static func time(_ layer: Layer, isa: ck_isa, options: TopDownOptions) throws -> Row {
        var generator = Generator()
        let inputs = layer.size * layer.size * layer.channels
        let connections = layer.kernel * layer.kernel * layer.channels
        // A little above zero on average, so that hardly a unit is dropped.
        let weights = (0..<(layer.out * connections)).map { _ in Float.random(in: -0.8...1, using: &generator) * 0.05 }
        let activities = (0..<inputs).map { _ -> Float in
            if layer.zeros == 0 { return Float.random(in: -2...2.5, using: &generator) }
            return Double.random(in: 0..<1, using: &generator) < layer.zeros
                ? 0 : Float.random(in: 0...2, using: &generator)
        }
        let outSize = (layer.size + 2 * layer.pad - layer.kernel) / layer.stride + 1
        var output = ck_gating()
        var input = ck_gating()
        defer {
            ck_gating_destroy(&output)
            ck_gating_destroy(&input)
        }
        guard ck_gating_create(&output, Int32(outSize), Int32(outSize), Int32(layer.out)) == CK_TD_OK,
            ck_gating_create(&input, Int32(layer.size), Int32(layer.size), Int32(layer.channels)) == CK_TD_OK,
            let workspace = ck_td_workspace_create(isa, Int64(connections))
        else { throw TopDownError.memory(layer: layer.name) }
        defer { ck_td_workspace_destroy(workspace) }
        for _ in 0..<layer.active {
            let index = Int32.random(in: 0..<Int32(outSize * outSize * layer.out), using: &generator)
            try TopDownError.check(ck_gating_add(&output, index, 1 << 38), layer: layer.name, stats: ck_td_stats())
        }
        let rule = layer.isLinear ? options.linearRule : options.convolutionRule(isOneByOne: false)
        var stats = ck_td_stats()
        var best = Duration.seconds(1000)
        for _ in 0..<50 {
            ck_gating_clear(&input)
            stats = ck_td_stats()
            let size = Int32(layer.size)
            let kernel = Int32(layer.kernel)
            let stride = Int32(layer.stride)
            let pad = Int32(layer.pad)
            var status = CK_TD_OK
            let elapsed = ContinuousClock().measure {
                weights.withUnsafeBufferPointer { weights in
                    activities.withUnsafeBufferPointer { activities in
                        var shape = ck_td_conv_layer(
                            weights: weights.baseAddress, kernel_height: kernel, kernel_width: kernel,
                            stride_y: stride, stride_x: stride, pad_y: pad, pad_x: pad, groups: 1,
                            out_channels: Int32(layer.out), rule: rule)
                        var view = ck_td_view(
                            data: activities.baseAddress, row_stride: Int64(layer.size * layer.channels),
                            pixel_stride: Int64(layer.channels), height: size, width: size,
                            channels: Int32(layer.channels))
                        status = ck_td_conv(workspace, &shape, &view, &output, &input, &stats)
                    }
                }
            }
            try TopDownError.check(status, layer: layer.name, stats: stats)
            best = min(best, elapsed)
        }
        return Row(
            layer: layer.name, units: Int(stats.active_units), products: Int(stats.products),
            nanoseconds: best / .nanoseconds(1))
    }

    /// SplitMix64, so that every run times the same layers.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64 = 1

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return z ^ (z >> 31)
        }
    }
}
