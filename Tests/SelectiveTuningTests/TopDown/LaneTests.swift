import CKernels
import Testing

/// Layers with so many active units that kernels take them in batches: what comes out, and what fails, is what each unit
/// alone would give.
@Suite struct LaneTests {
    private struct Layer {
        var shape: LayerShape
        var weights: [Float]
        var activities: [Float]
        var gating: [Int64]
        var rule: ReferenceRule

        func outcome(_ kernels: Kernels, _ random: inout RandomValues) -> Kernels.Outcome {
            kernels.convolution(
                shape, weights: weights, activities: activities, gating: gating, rule: rule,
                shuffledBy: &random.generator)
        }
    }

    private func layer(_ random: inout RandomValues, kernel: Int, _ kind: RandomValues.Kind) -> Layer {
        var shape = LayerShape()
        (shape.kernelHeight, shape.kernelWidth) = (kernel, kernel)
        (shape.padY, shape.padX) = (random.int(0...(kernel / 2)), random.int(0...(kernel / 2)))
        (shape.height, shape.width) = (kernel + random.int(0...3), kernel + random.int(0...3))
        shape.groups = random.chance(0.2) ? 2 : 1
        // Narrow and wide, around the numbers of a vector and of a word of bits.
        let widths = kernel == 1 ? [1, 3, 15, 16, 17, 48, 64, 65, 130, 449, 520] : [1, 3, 16, 17, 40, 56]
        shape.channels = shape.groups * widths[random.int(0...(widths.count - 1))]
        shape.outChannels = shape.groups * random.int(1...24)
        let units = shape.outHeight * shape.outWidth * shape.outChannels
        var rule = ReferenceRule(isStrict: random.chance(0.3), stage2: kernel == 1 ? .ladder : .group)
        if random.chance(0.1) { rule.stage2 = .ladder }
        rule.offset = random.int(0...5)
        return Layer(
            shape: shape,
            weights: random.weights(
                shape.outChannels * kernel * kernel * shape.channels / shape.groups, kind),
            activities: random.activities(shape.height * shape.width * shape.channels, kind),
            gating: random.gating(units, active: random.chance(0.5) ? 1 : 0.3), rule: rule)
    }

    @Test(arguments: 0..<48) func batchesAgreeWithTheReference(seed: UInt64) {
        var random = RandomValues(seed: 9000 + seed)
        for _ in 0..<6 {
            let kernel = [1, 1, 3, 5, 7][random.int(0...4)]
            // Mostly numbers of networks' kind; the others are ties, tiny and out of range.
            let layer = layer(&random, kernel: kernel, random.chance(0.6) ? .smooth : random.kind())
            let expected = try? referenceConvolution(
                layer.shape, weights: layer.weights, activities: layer.activities, gating: layer.gating,
                rule: layer.rule)
            let alone = layer.outcome(Kernels.all[0], &random)
            if let expected { #expect(alone == .gating(expected), "\(layer.shape) \(layer.rule)") }
            for kernels in Kernels.all.dropFirst() {
                #expect(layer.outcome(kernels, &random) == alone, "\(kernels.isa) \(layer.shape) \(layer.rule)")
            }
        }
    }

    /// A fifth of the mean of 1, 7 and the next number after 7 is above 1, but nearer to it than any other float32 is.
    @Test func aProductJustBelowTheLadderIsNotSelected() throws {
        var random = RandomValues(seed: 9300)
        let layer = Layer(
            shape: LayerShape(channels: 3, outChannels: 24), weights: [Float](repeating: 1, count: 3 * 24),
            activities: [1, 7, Float(7).nextUp], gating: [Int64](repeating: 1 << 40, count: 24),
            rule: ReferenceRule(stage2: .ladder, offset: 2))
        let expected = try referenceConvolution(
            layer.shape, weights: layer.weights, activities: layer.activities, gating: layer.gating, rule: layer.rule)
        for kernels in Kernels.all {
            #expect(layer.outcome(kernels, &random) == .gating(expected), "\(kernels.isa)")
        }
    }

    /// Where no product is negative the smallest one decides, far below what float32 keeps of their sum.
    @Test(arguments: [1, 3], [16, 48, 400]) func theSmallestOfManyProductsWins(kernel: Int, channels: Int) throws {
        var random = RandomValues(seed: UInt64(9400 + kernel * channels))
        let row = kernel * kernel * channels
        for _ in 0..<8 {
            var weights = random.weights(40 * row, .smooth).map { $0 > 0 ? $0 * 16 : 0 }
            for unit in 0..<40 { weights[unit * row + random.int(0...(row - 1))] = 0x1p-11 }
            let layer = Layer(
                shape: LayerShape(
                    height: kernel, width: kernel, channels: channels, kernelHeight: kernel, kernelWidth: kernel,
                    outChannels: 40),
                weights: weights, activities: [Float](repeating: 1, count: row),
                gating: [Int64](repeating: 1 << 40, count: 40),
                rule: ReferenceRule(isStrict: true, stage2: kernel == 1 ? .ladder : .group))
            let expected = try referenceConvolution(
                layer.shape, weights: layer.weights, activities: layer.activities, gating: layer.gating,
                rule: layer.rule)
            for kernels in Kernels.all {
                #expect(layer.outcome(kernels, &random) == .gating(expected), "\(kernels.isa)")
            }
        }
    }

    /// One unit in the middle of others of its pixel cannot be computed: it is named, be it the only one or not.
    @Test(arguments: [1, 3], [5, 40]) func aFailingUnitAmongOthersIsNamed(kernel: Int, channels: Int) {
        var random = RandomValues(seed: UInt64(9100 + kernel * channels))
        for (bad, status) in [
            (Float.nan, CK_TD_NOT_FINITE), (.infinity, CK_TD_NOT_FINITE), (0x1p27, CK_TD_RANGE),
            (-0x1p100, CK_TD_RANGE),
        ] {
            var layer = layer(&random, kernel: kernel, .smooth)
            layer.shape = LayerShape(
                height: kernel, width: kernel, channels: channels, kernelHeight: kernel, kernelWidth: kernel,
                outChannels: 40)
            let row = kernel * kernel * channels
            layer.weights = random.weights(40 * row, .smooth)
            layer.activities = [Float](repeating: 1, count: row)
            layer.gating = [Int64](repeating: 1 << 40, count: 40)
            layer.rule.stage2 = kernel == 1 ? .ladder : .group
            for unit in [37, 21] { layer.weights[unit * row + row / 2] = bad }
            for kernels in Kernels.all {
                #expect(layer.outcome(kernels, &random) == .failure(status, unit: 21), "\(kernels.isa)")
            }
        }
    }

    /// The range of a gating is left somewhere in a batch, and by a unit whose own gating is large: the first is named.
    @Test(arguments: [1, 3], [Int64.max / 21, (1 << 50) - 1, 1 << 50, 1 << 61] as [Int64])
    func theFirstUnitThatLeavesTheRangeIsNamed(kernel: Int, large: Int64) {
        var random = RandomValues(seed: 9200)
        let shape = LayerShape(
            height: kernel, width: kernel, channels: 20, kernelHeight: kernel, kernelWidth: kernel, outChannels: 64)
        let row = kernel * kernel * 20
        var layer = Layer(
            shape: shape, weights: random.weights(64 * row, .smooth).map { abs($0) },
            activities: [Float](repeating: 1, count: row), gating: [Int64](repeating: 1 << 30, count: 64),
            rule: ReferenceRule(stage2: kernel == 1 ? .ladder : .group))
        // The output's own sum of magnitudes has to be in range.
        let most = min(20, Int(Int64.max / large) - 1)
        for unit in 0..<most { layer.gating[unit * 3] = unit % 2 == 0 ? large : -large }
        let alone = layer.outcome(Kernels.all[0], &random)
        for kernels in Kernels.all { #expect(layer.outcome(kernels, &random) == alone, "\(kernels.isa)") }
    }
}
