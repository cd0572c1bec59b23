import Bytes
import CKernels
import SelectiveTuning
import Testing

/// What lies outside the arithmetic's range is an error that names the unit, on every instruction set.
@Suite struct LimitsTests {
    private func linear(_ products: [[Float]], _ kernels: Kernels) -> Kernels.Outcome {
        var generator = SplitMix64(seed: 5)
        return kernels.linear(
            weights: products.flatMap { $0 }, activities: [Float](repeating: 1, count: products[0].count),
            gating: products.map { _ in 1 << 40 },
            rule: ReferenceRule(isLinear: true, stage2: .maximum), shuffledBy: &generator)
    }

    @Test(arguments: Kernels.all) func theSumOfMagnitudesMustFit(kernels: Kernels) {
        let half: Float = 0x1p26
        // Just below the limit: one ulp of the second addend less.
        guard case .gating = linear([[half, half.nextDown]], kernels) else {
            Issue.record("a sum below 2^27 is in range")
            return
        }
        #expect(linear([[half, half]], kernels) == .failure(CK_TD_RANGE, unit: 0))
        #expect(linear([[half, -half]], kernels) == .failure(CK_TD_RANGE, unit: 0))
        #expect(linear([[1, 1], [0x1p27, 0], [0x1p100, 0]], kernels) == .failure(CK_TD_RANGE, unit: 1))
        // Many middling products: far beyond what rounding by addition of a constant covers, but in range.
        guard case .gating(let result) = linear([[Float](repeating: 0x1.0001p15, count: 1000)], kernels) else {
            Issue.record("a sum below 2^27 is in range")
            return
        }
        #expect(result.gating[0] == 1 << 40)
    }

    @Test(arguments: Kernels.all) func productsMustBeFinite(kernels: Kernels) {
        for bad in [Float.infinity, -.infinity, .nan] {
            var row = [Float](repeating: 1, count: 40)
            row[33] = bad
            #expect(linear([row.map { _ in 1 }, row], kernels) == .failure(CK_TD_NOT_FINITE, unit: 1))
        }
    }

    @Test(arguments: Kernels.all) func subnormalProductsAreZero(kernels: Kernels) {
        guard case .gating(let result) = linear([[.leastNonzeroMagnitude, 0x1p-37, 0x1p-15]], kernels) else {
            Issue.record("tiny products are in range")
            return
        }
        #expect(result.gating == [0, 0, 1 << 40])
    }

    @Test(arguments: Kernels.all) func halfAUnitIsNotPositive(kernels: Kernels) {
        // 2^-37 rounds to 0. Were it theta, all the zeros would win in `strict` too and join the corners.
        let shape = LayerShape(height: 3, width: 3, channels: 1, kernelHeight: 3, kernelWidth: 3)
        var generator = SplitMix64(seed: 5)
        let outcome = kernels.convolution(
            shape, weights: [Float](repeating: 1, count: 9), activities: [1, 0, 0, 0, 0x1p-37, 0, 0, 0, 1],
            gating: [1 << 40], rule: ReferenceRule(isStrict: true), shuffledBy: &generator)
        let first = [1 << 40] + [Int64](repeating: 0, count: 8)
        #expect(outcome == .gating(ReferenceResult(gating: first, ties: 1)))
    }

    @Test(arguments: Kernels.all) func negativeActivitiesTakeNothingOfAnAverage(kernels: Kernels) {
        // With them, 1 - (1 - 2^-24) would leave a sum far below its terms and shares without bounds.
        var generator = SplitMix64(seed: 5)
        let shape = LayerShape(height: 1, width: 3, channels: 1, kernelHeight: 1, kernelWidth: 3)
        func outcome(_ activities: [Float]) -> Kernels.Outcome {
            kernels.pool(
                shape, isAverage: true, activities: activities, gating: [1 << 48], shuffledBy: &generator)
        }
        #expect(outcome([3, -4 + 0x1p-22, 1]) == .gating(ReferenceResult(gating: [3 << 46, 0, 1 << 46])))
        let none = ReferenceResult(gating: [0, 0, 0], droppedMass: 1 << 48, droppedUnits: 1)
        #expect(outcome([-1, 0, -2]) == .gating(none))
    }

    @Test func aGatingNeverWrapsAround() {
        var gating = ck_gating()
        #expect(ck_gating_create(&gating, 1, 1, 2) == CK_TD_OK)
        defer { ck_gating_destroy(&gating) }
        #expect(ck_gating_add(&gating, 0, .max - 1) == CK_TD_OK)
        #expect(ck_gating_add(&gating, 1, -1) == CK_TD_OK)
        // The value would fit; the sum of magnitudes, which no order of additions changes, does not.
        #expect(ck_gating_add(&gating, 0, -1) == CK_TD_GATING_RANGE)
        #expect(gating.value[0] == .max - 1)
        ck_gating_clear(&gating)
        #expect(gating.value[0] == 0 && gating.value[1] == 0 && gating.count == 0)
        #expect(ck_gating_add(&gating, 0, .min) == CK_TD_GATING_RANGE)
    }

    @Test func shapesThatDoNotFitAreRefused() {
        var gating = ck_gating()
        #expect(ck_gating_create(&gating, 1 << 16, 1 << 16, 1) == CK_TD_SHAPE)
        var output = ck_gating()
        var input = ck_gating()
        #expect(ck_gating_create(&output, 1, 1, 3) == CK_TD_OK && ck_gating_create(&input, 1, 1, 8) == CK_TD_OK)
        defer {
            ck_gating_destroy(&output)
            ck_gating_destroy(&input)
        }
        let workspace = ck_td_workspace_create(CK_ISA_PORTABLE, 7)
        defer { ck_td_workspace_destroy(workspace) }
        var rule = TopDownOptions().linearRule
        var stats = ck_td_stats()
        let values = [Float](repeating: 1, count: 24)
        #expect(ck_td_linear(workspace, values, &rule, values, &output, &input, &stats) == CK_TD_SHAPE)
        #expect(ck_td_pass(&output, &input) == CK_TD_SHAPE)
        #expect(ck_td_slice(&output, 1, &input) == CK_TD_SHAPE)
    }

    @Test func errorsNameLayerAndUnit() {
        var stats = ck_td_stats()
        stats.error_unit = 12
        #expect(throws: TopDownError.outOfRange(layer: "features.3", unit: 12)) {
            try TopDownError.check(CK_TD_RANGE, layer: "features.3", stats: stats)
        }
        let text = TopDownError.outOfRange(layer: "features.3", unit: 12).description
        #expect(text.contains("features.3") && text.contains("12"))
    }
}
