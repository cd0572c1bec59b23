import Bytes
import CKernels

/// The kernels on plain arrays, for comparison with the reference.
struct Kernels {
    var isa: ck_isa

    /// Every instruction set this machine has.
    static let all: [Kernels] = [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON]
        .filter { ck_isa_available($0) != 0 }.map { Kernels(isa: $0) }

    enum Outcome: Equatable {
        case gating(ReferenceResult)
        case failure(ck_td_status, unit: Int32)
    }

    func convolution(
        _ shape: LayerShape, weights: [Float], activities: [Float], gating: [Int64], rule: ReferenceRule,
        shuffledBy generator: inout SplitMix64
    ) -> Outcome {
        let products = shape.kernelHeight * shape.kernelWidth * (shape.channels / shape.groups)
        let workspace = ck_td_workspace_create(isa, Int64(products))
        defer { ck_td_workspace_destroy(workspace) }
        return run(shape, shape.outChannels, activities, gating, &generator) { view, output, input, stats in
            weights.withUnsafeBufferPointer { weights in
                var layer = ck_td_conv_layer(
                    weights: weights.baseAddress, window: shape.window, groups: Int32(shape.groups),
                    out_channels: Int32(shape.outChannels), rule: rule.kernelRule)
                return ck_td_conv(workspace, &layer, &view, &output, &input, &stats)
            }
        }
    }

    func linear(
        weights: [Float], activities: [Float], gating: [Int64], rule: ReferenceRule,
        shuffledBy generator: inout SplitMix64
    ) -> Outcome {
        let shape = LayerShape(channels: activities.count, outChannels: gating.count)
        let workspace = ck_td_workspace_create(isa, Int64(activities.count))
        defer { ck_td_workspace_destroy(workspace) }
        return run(shape, gating.count, activities, gating, &generator) { view, output, input, stats in
            weights.withUnsafeBufferPointer { weights in
                var kernelRule = rule.kernelRule
                return ck_td_linear(
                    workspace, weights.baseAddress, &kernelRule, view.data, &output, &input, &stats)
            }
        }
    }

    func bridge(_ vector: [Int64], rule: ReferenceRule, shuffledBy generator: inout SplitMix64) -> Outcome {
        let shape = LayerShape(channels: vector.count)
        let workspace = ck_td_workspace_create(isa, Int64(vector.count))
        defer { ck_td_workspace_destroy(workspace) }
        let activities = [Float](repeating: 0, count: vector.count)
        return run(shape, vector.count, activities, vector, &generator) { _, output, input, stats in
            var kernelRule = rule.kernelRule
            return ck_td_bridge(workspace, &kernelRule, &output, &input, &stats)
        }
    }

    func pool(
        _ shape: LayerShape, isAverage: Bool, activities: [Float], gating: [Int64],
        shuffledBy generator: inout SplitMix64
    ) -> Outcome {
        run(shape, shape.channels, activities, gating, &generator) { view, output, input, stats in
            var window = shape.window
            return isAverage
                ? ck_td_average_pool(&window, &view, &output, &input, &stats)
                : ck_td_max_pool(&window, &view, &output, &input, &stats)
        }
    }

    /// Lays the activities out with gaps and a border that would poison the result if it were read, and the active
    /// units in random order.
    private func run(
        _ shape: LayerShape, _ outChannels: Int, _ activities: [Float], _ gating: [Int64],
        _ generator: inout SplitMix64,
        _ body: (inout ck_td_view, inout ck_gating, inout ck_gating, inout ck_td_stats) -> ck_td_status
    ) -> Outcome {
        let pixel = shape.channels + (Bool.random(using: &generator) ? 0 : Int.random(in: 1...5, using: &generator))
        let row = pixel * shape.width + (Bool.random(using: &generator) ? 0 : Int.random(in: 1...9, using: &generator))
        let first = row + pixel
        var padded = [Float](repeating: .nan, count: first + row * (shape.height + 1))
        for y in 0..<shape.height {
            for x in 0..<shape.width {
                for channel in 0..<shape.channels {
                    padded[first + y * row + x * pixel + channel] = activities[shape.inputIndex((y, x), channel)]
                }
            }
        }
        var output = ck_gating()
        var input = ck_gating()
        let outHeight = Int32(gating.count / outChannels / max(shape.outWidth, 1))
        precondition(ck_gating_create(&output, outHeight, Int32(shape.outWidth), Int32(outChannels)) == CK_TD_OK)
        precondition(
            ck_gating_create(&input, Int32(shape.height), Int32(shape.width), Int32(shape.channels)) == CK_TD_OK)
        defer {
            ck_gating_destroy(&output)
            ck_gating_destroy(&input)
        }
        for index in gating.indices.shuffled(using: &generator) where gating[index] != 0 {
            precondition(ck_gating_add(&output, Int32(index), gating[index]) == CK_TD_OK)
        }
        var stats = ck_td_stats()
        let status = padded.withUnsafeBufferPointer { padded in
            var view = ck_td_view(
                data: padded.baseAddress! + first, row_stride: Int64(row), pixel_stride: Int64(pixel),
                height: Int32(shape.height), width: Int32(shape.width), channels: Int32(shape.channels))
            return body(&view, &output, &input, &stats)
        }
        guard status == CK_TD_OK else { return .failure(status, unit: stats.error_unit) }
        return .gating(
            ReferenceResult(
                gating: (0..<activities.count).map { input.value[$0] }, droppedMass: stats.dropped_mass,
                droppedUnits: Int(stats.dropped_units), ties: Int(stats.ties), ineligible: Int(stats.ineligible)))
    }
}

extension LayerShape {
    var window: ck_window {
        ck_window(
            kernel_height: Int32(kernelHeight), kernel_width: Int32(kernelWidth), stride_y: Int32(strideY),
            stride_x: Int32(strideX), pad_top: Int32(padY), pad_left: Int32(padX), pad_bottom: Int32(padBottom),
            pad_right: Int32(padRight))
    }
}

extension ReferenceRule {
    var kernelRule: ck_td_rule {
        let select: ck_td_select =
            switch stage2 {
            case .group: CK_TD_GROUP
            case .ladder: CK_TD_LADDER
            case .maximum: CK_TD_MAXIMUM
            case .all: CK_TD_ALL
            }
        return isLinear
            ? ck_td_rule_linear(isStrict ? 1 : 0, select, Int32(offset))
            : ck_td_rule_conv(isStrict ? 1 : 0, select, Int32(offset))
    }
}
