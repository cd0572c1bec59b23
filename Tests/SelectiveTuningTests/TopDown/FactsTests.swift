import Bytes
import CKernels
import Testing

/// The worked examples of selective-tuning.md, section 11, on every instruction set.
@Suite struct FactsTests {
    private static let one: Int64 = 1 << 48

    /// One unit whose products are given: weights 1, gating 1.
    private func unit(
        _ products: [Float], _ kernels: Kernels, stage2: ReferenceRule.Stage2 = .all, offset: Int = 0,
        isStrict: Bool = false
    ) -> ReferenceResult? {
        var generator = SplitMix64(seed: 1)
        let rule = ReferenceRule(isLinear: true, isStrict: isStrict, stage2: stage2, offset: offset)
        let outcome = kernels.linear(
            weights: products.map { _ in 1 }, activities: products, gating: [Self.one], rule: rule,
            shuffledBy: &generator)
        guard case .gating(let result) = outcome else { return nil }
        return result
    }

    private func shares(_ result: ReferenceResult?) -> [Double]? {
        result?.gating.map { (Double($0) / Double(Self.one) * 1e6).rounded() / 1e6 }
    }

    /// One unit with a 3x3 window over two channels, each given in row-major order.
    private func window(
        _ a: [Float], _ b: [Float], _ kernels: Kernels, isStrict: Bool = false
    ) -> ReferenceResult? {
        var generator = SplitMix64(seed: 1)
        let shape = LayerShape(height: 3, width: 3, channels: 2, kernelHeight: 3, kernelWidth: 3)
        let outcome = kernels.convolution(
            shape, weights: [Float](repeating: 1, count: 18), activities: zip(a, b).flatMap { [$0, $1] },
            gating: [Self.one], rule: ReferenceRule(isStrict: isStrict), shuffledBy: &generator)
        guard case .gating(let result) = outcome else { return nil }
        return result
    }

    @Test(arguments: Kernels.all) func anExactZeroIsNotYetTheta(kernels: Kernels) {
        let result = unit([-2, -1, 0.5, 1, 1.5, 3], kernels)
        #expect(shares(result) == [0, 0, 0, 0, 0, 1])
    }

    @Test(arguments: Kernels.all) func ladderOverOneToFour(kernels: Kernels) {
        #expect(shares(unit([1, 2, 3, 4], kernels, stage2: .ladder, offset: 3)) == [0.1, 0.2, 0.3, 0.4])
        #expect(shares(unit([1, 2, 3, 4], kernels, stage2: .ladder, offset: 1)) == [0, 0, 0.428571, 0.571429])
    }

    @Test(arguments: Kernels.all) func ladderHitsARowExactly(kernels: Kernels) {
        // Row (1,2) at exactly 10: were it missed, row (1,1) would be hit and offset 3 would select everything.
        for offset in [0, 1, 3] {
            #expect(shares(unit([1, 1, 1, 1, 10], kernels, stage2: .ladder, offset: offset)) == [0, 0, 0, 0, 1])
        }
        // Row (1,2) + 4 is the last one, 0.2 m = 0.56.
        let all = shares(unit([1, 1, 1, 1, 10], kernels, stage2: .ladder, offset: 4))
        #expect(all == [0.071429, 0.071429, 0.071429, 0.071429, 0.714286])
    }

    @Test(arguments: Kernels.all) func zerosCountInTheBridge(kernels: Kernels) {
        let rule = ReferenceRule(isLinear: true, stage2: .ladder, offset: 1)
        var generator = SplitMix64(seed: 1)
        for vector in [[0.5, 0.3, 0.19995, 0.00005, 0, 0, 0, 0], [0.5, 0.3, 0.19, 0.01, 0, 0, 0, 0]] {
            let outcome = kernels.bridge(
                vector.map { Int64(($0 * 0x1p48).rounded()) }, rule: rule, shuffledBy: &generator)
            guard case .gating(let result) = outcome else {
                Issue.record("\(outcome)")
                continue
            }
            #expect(shares(result) == [0.625, 0.375, 0, 0, 0, 0, 0, 0])
        }
    }

    @Test(arguments: Kernels.all) func contiguousCellsWinAgainstStrongerCorners(kernels: Kernels) {
        let result = window([5, 0, 0, 0, 0, 0, 0, 0, 5], [1, 1, 0, 1, 0, 0, 0, 0, -2], kernels)
        var expected = [Double](repeating: 0, count: 18)
        for cell in [0, 1, 3] { expected[cell * 2 + 1] = 0.333333 }
        #expect(shares(result) == expected)
        #expect(result?.ties == 0 && result?.ineligible == 0)
    }

    @Test(arguments: Kernels.all) func aComponentWithoutMassIsNotEligible(kernels: Kernels) {
        let a: [Float] = [1e-4, 1e-4, 1e-4, 1e-4, 5e-4, 1e-4, 1e-4, 1e-4, -4e-4]
        // T = 8e-4, theta = 1e-4: eight cells of A reach theta - eps, B's nine zeros are one component of sum 0.
        let result = window(a, [Float](repeating: 0, count: 9), kernels)
        #expect(result?.ineligible == 1)
        let shares = shares(result)
        for cell in 0..<9 {
            let expected = [0, 1, 2, 3, 5, 6, 7].contains(cell) ? 0.083333 : cell == 4 ? 0.416667 : 0
            #expect(shares?[cell * 2] == expected)
            #expect(shares?[cell * 2 + 1] == 0)
        }
        // In `strict` no zero wins, so there is nothing to skip.
        #expect(window(a, [Float](repeating: 0, count: 9), kernels, isStrict: true)?.ineligible == 0)
    }

    @Test(arguments: Kernels.all) func aTieGoesToTheLowestChannelAndTheFirstComponent(kernels: Kernels) {
        let result = window([2, 0, 2, 0, 0, 0, 2, 0, 0], [2, 0, 0, 0, 0, 0, 0, 0, 0], kernels)
        #expect(result?.ties == 1)
        #expect(shares(result) == [1] + [Double](repeating: 0, count: 17))
    }

    @Test(arguments: Kernels.all) func theFirstOfEqualMaximaWins(kernels: Kernels) {
        #expect(shares(unit([1, 3, 3, 2], kernels, stage2: .maximum)) == [0, 1, 0, 0])
    }
}
