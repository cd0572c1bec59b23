import CKernels
import Testing

/// What goes into a layer comes out of it or is counted as dropped, to within a unit of fixed point per addend.
@Suite struct MassTests {
    private func check(_ outcome: Kernels.Outcome, gating: [Int64], addends: Int) -> Bool {
        guard case .gating(let result) = outcome else { return false }
        let lost = gating.reduce(0, +) - result.droppedMass - result.gating.reduce(0, +)
        return abs(lost) <= Int64(addends)
    }

    @Test(arguments: Kernels.all) func massIsConserved(kernels: Kernels) {
        var random = RandomValues(seed: 77)
        for _ in 0..<200 {
            let shape = random.convolution()
            let kind: RandomValues.Kind = random.chance(0.5) ? .smooth : .quantised
            let inputs = shape.channels / shape.groups
            let cells = shape.kernelHeight * shape.kernelWidth
            let weights = random.weights(shape.outChannels * cells * inputs, kind)
            let activities = random.activities(shape.height * shape.width * shape.channels, kind).map(abs)
            let units = shape.outHeight * shape.outWidth * shape.outChannels
            let gating = random.gating(units, active: min(1, 8 / Double(units)))
            var rule = ReferenceRule(isStrict: random.chance(0.5))
            if cells == 1, random.chance(0.5) { rule.stage2 = .ladder }
            let outcome = kernels.convolution(
                shape, weights: weights, activities: activities, gating: gating, rule: rule,
                shuffledBy: &random.generator)
            let active = gating.count { $0 != 0 }
            #expect(check(outcome, gating: gating, addends: active * cells * inputs), "\(shape)")
        }
        for isAverage in [false, true] {
            for _ in 0..<100 {
                let shape = random.pool()
                let activities = random.activities(shape.height * shape.width * shape.channels, .smooth).map(abs)
                let gating = random.gating(shape.outHeight * shape.outWidth * shape.channels, active: 0.4)
                let outcome = kernels.pool(
                    shape, isAverage: isAverage, activities: activities, gating: gating,
                    shuffledBy: &random.generator)
                let addends = gating.count * shape.kernelHeight * shape.kernelWidth
                #expect(check(outcome, gating: gating, addends: addends), "\(shape)")
            }
        }
    }
}
