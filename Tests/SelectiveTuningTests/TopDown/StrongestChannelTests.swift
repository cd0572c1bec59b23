import Bytes
import CKernels
import Testing

/// 1x1 convolutions take a short cut: the largest product wins, and theta is not looked for. Here are the cases at whose
/// edge it stops.
@Suite struct StrongestChannelTests {
    /// One unit with these products, compared with the reference on every instruction set.
    private func outcome(_ products: [Float], isStrict: Bool = false) throws -> ReferenceResult {
        let shape = LayerShape(channels: products.count, outChannels: 1)
        let ones = [Float](repeating: 1, count: products.count)
        let rule = ReferenceRule(isStrict: isStrict)
        let expected = try referenceConvolution(
            shape, weights: products, activities: ones, gating: [1 << 40], rule: rule)
        var generator = SplitMix64(seed: 11)
        for kernels in Kernels.all {
            let found = kernels.convolution(
                shape, weights: products, activities: ones, gating: [1 << 40], rule: rule, shuffledBy: &generator)
            #expect(found == .gating(expected), "\(kernels.isa) \(products)")
        }
        return expected
    }

    /// A float with this fixed-point value, below 2^24.
    private func fixed(_ value: Int64) -> Float { Float(value) * 0x1p-36 }

    @Test func productsThatAreNotPositiveCountWhereThetaIsAtMostEpsilon() throws {
        let epsilon = ReferenceRule().epsilon
        // The running sum becomes positive with epsilon itself: theta - epsilon = 0, and both zeros win.
        let at = try outcome([0, fixed(epsilon), 0.01, 0, -fixed(epsilon - 1)])
        #expect(at.ineligible == 2 && at.gating == [0, 0, 1 << 40, 0, 0])
        // Exactly 0 is not yet positive: theta is the next product.
        let zero = try outcome([0, fixed(epsilon), 0.01, 0, -fixed(epsilon)])
        #expect(zero.ineligible == 0 && zero.gating[2] == 1 << 40)
        // One unit more than epsilon.
        #expect(try outcome([0, fixed(epsilon + 1), 0.01, 0, -fixed(epsilon)]).ineligible == 0)
        // A slight negative wins where the threshold is as low.
        #expect(try outcome([0.01, fixed(10), -fixed(9), -fixed(epsilon)]).ineligible == 0)
        #expect(try outcome([0.01, fixed(10), -fixed(9)]).ineligible == 1)
        #expect(try outcome([0.01, fixed(10), -fixed(9)], isStrict: true).ineligible == 0)
    }

    @Test func theTotalDecidesToTheLastUnit() throws {
        let half = ReferenceRule().lowerBound / 2
        let rest = ReferenceRule().lowerBound - half
        #expect(try outcome([1, -1, fixed(half), fixed(rest)]).droppedUnits == 1)
        #expect(try outcome([1, -1, fixed(half), fixed(rest + 1)]).droppedUnits == 0)
        // Between addends beside which a float's sum knows nothing of it.
        #expect(try outcome([1024, fixed(half), -512, fixed(rest), -512]).droppedUnits == 1)
        #expect(try outcome([1024, fixed(half), -512, fixed(rest + 1), -512]).droppedUnits == 0)
    }

    @Test(arguments: [0, 1, 15, 16, 17, 32, 38]) func theFirstOfEqualsWins(second: Int) throws {
        for first in [0, 1, 16, 31] where first != second {
            var products = (0..<39).map { -0.01 * Float($0 % 3) }
            products[first] = 0.75
            products[second] = 0.75
            let result = try outcome(products)
            #expect(result.ties == 1 && result.gating[min(first, second)] == 1 << 40)
            products[second] = (0.75 as Float).nextUp
            #expect(try outcome(products).gating[second] == 1 << 40)
        }
    }

    @Test func productsTieThatDifferByLessThanFixedPointTells() throws {
        let product: Float = 0x1p-14 + 0x1p-34
        #expect(toFixed(Double(product)) == toFixed(Double(product.nextUp)) && product < product.nextUp)
        let products = [0x1p-15, product, 0x1p-14, product.nextUp, 0x1p-14, 0x1p-14]
        let result = try outcome(products, isStrict: true)
        #expect(result.ties == 1 && result.gating[1] == 1 << 40)
    }

    @Test func largeProductsAgree() throws {
        let large: Float = 0x1p25
        #expect(try outcome([large, large.nextUp, -large, 3]).gating[1] == 1 << 40)
        #expect(try outcome([0x1p26, -0x1p25, 0x1p24]).gating[0] == 1 << 40)
        #expect(try outcome([0x1p25, -0x1p25, 1, -1]).droppedUnits == 1)
    }

    /// Whatever is out of range is reported as elsewhere, with the lowest unit.
    @Test(arguments: Kernels.all) func failuresNameTheLowestUnit(kernels: Kernels) {
        let shape = LayerShape(channels: 40, outChannels: 4)
        let fair = [Float](repeating: 1, count: 40)
        var generator = SplitMix64(seed: 12)
        for (bad, status) in [
            (Float.nan, CK_TD_NOT_FINITE), (.infinity, CK_TD_NOT_FINITE), (-.infinity, CK_TD_NOT_FINITE),
            (0x1p27, CK_TD_RANGE), (-0x1p27, CK_TD_RANGE), (0x1p100, CK_TD_RANGE),
        ] {
            for place in [0, 15, 16, 39] {
                var row = fair
                row[place] = bad
                let outcome = kernels.convolution(
                    shape, weights: fair + row + fair + row, activities: fair, gating: [1, 1, 1, 1].map { $0 << 40 },
                    rule: ReferenceRule(), shuffledBy: &generator)
                #expect(outcome == .failure(status, unit: 1))
            }
        }
    }

    /// Maps with every unit active: channels share their pixel's window, and more gating waits than the queue holds.
    @Test(arguments: 0..<40) func denseLayersAgree(seed: UInt64) throws {
        var random = RandomValues(seed: 7000 + seed)
        let kernel = seed % 4 == 0 ? 3 : 1
        var shape = LayerShape()
        (shape.height, shape.width) = (random.int(3...5), random.int(3...5))
        shape.groups = seed % 5 == 0 ? 2 : 1
        shape.channels = shape.groups * random.int(1...(kernel == 1 ? 150 : 20))
        shape.outChannels = shape.groups * random.int(1...5)
        (shape.kernelHeight, shape.kernelWidth) = (kernel, kernel)
        (shape.padY, shape.padX) = (Int(seed % 2), Int(seed % 2))
        let kind: RandomValues.Kind = seed % 3 == 0 ? random.kind() : .smooth
        let weights = random.weights(
            shape.outChannels * kernel * kernel * shape.channels / shape.groups, kind)
        let activities = random.activities(shape.height * shape.width * shape.channels, kind)
        let gating = random.gating(shape.outHeight * shape.outWidth * shape.outChannels, active: 1)
        let rule = ReferenceRule(isStrict: seed % 7 == 0)
        let expected = Result {
            try referenceConvolution(shape, weights: weights, activities: activities, gating: gating, rule: rule)
        }
        for kernels in Kernels.all {
            let found = kernels.convolution(
                shape, weights: weights, activities: activities, gating: gating, rule: rule,
                shuffledBy: &random.generator)
            switch expected {
            case .success(let result): #expect(found == .gating(result), "\(kernels.isa) \(shape)")
            case .failure:
                guard case .failure = found else {
                    Issue.record("no failure where the reference has one: \(kernels.isa) \(shape)")
                    continue
                }
            }
        }
    }
}
