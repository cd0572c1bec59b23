import CKernels
import Testing

/// The kernels of every instruction set give exactly what the slow reference gives.
@Suite struct KernelsAgreeTests {
    /// What the kernels should say of a failure.
    private func status(of failure: any Error) -> ck_td_status {
        switch failure as? ReferenceFailure {
        case .notFinite: CK_TD_NOT_FINITE
        case .range: CK_TD_RANGE
        default: CK_TD_GATING_RANGE
        }
    }

    private func expect(
        _ outcome: Kernels.Outcome, matches reference: () throws -> ReferenceResult,
        _ comment: @autoclosure () -> String
    ) {
        do {
            let expected = try reference()
            #expect(outcome == .gating(expected), "\(comment())")
        } catch {
            // The reference stops at the first failing unit, the kernels name the lowest in any order.
            guard case .failure(let found, _) = outcome else {
                Issue.record("no failure where the reference has \(error): \(comment())")
                return
            }
            #expect(found == status(of: error), "\(comment())")
        }
    }

    /// Every shape of component, in windows around the sizes at which the kernels change their ways (64 and 128 cells).
    @Test(arguments: [(3, 3), (8, 8), (7, 9), (13, 5), (11, 11), (16, 8), (8, 16), (43, 3), (1, 64), (64, 2), (2, 65)])
    func componentsOfAnyShapeAgree(height: Int, width: Int) {
        var random = RandomValues(seed: UInt64(5000 + 100 * height + width))
        let shape = LayerShape(
            height: height, width: width, channels: 3, kernelHeight: height, kernelWidth: width, outChannels: 1)
        let weights = [Float](repeating: 1, count: height * width * 3)
        for _ in 0..<60 {
            let density = Double.random(in: 0.1...0.9, using: &random.generator)
            let activities = weights.map { _ -> Float in random.chance(density) ? 1 : 0 }
            let rule = ReferenceRule(isStrict: true)
            for kernels in Kernels.all {
                let outcome = kernels.convolution(
                    shape, weights: weights, activities: activities, gating: [1 << 40], rule: rule,
                    shuffledBy: &random.generator)
                expect(
                    outcome,
                    matches: {
                        try referenceConvolution(
                            shape, weights: weights, activities: activities, gating: [1 << 40], rule: rule)
                    }, "\(kernels.isa) \(activities)")
            }
        }
    }

    @Test(arguments: 0..<60) func convolutionsAgree(batch: UInt64) {
        var random = RandomValues(seed: 1000 + batch)
        var dropped = 0
        for _ in 0..<120 {
            let shape = random.convolution()
            let kind = random.kind()
            let inputs = shape.channels / shape.groups
            let weights = random.weights(
                shape.outChannels * shape.kernelHeight * shape.kernelWidth * inputs, kind)
            let activities = random.activities(shape.height * shape.width * shape.channels, kind)
            let units = shape.outHeight * shape.outWidth * shape.outChannels
            let gating = random.gating(units, active: min(1, 8 / Double(units)))
            var rule = ReferenceRule(isStrict: random.chance(0.4))
            if random.chance(0.15) { rule.stage2 = [.ladder, .maximum, .all][random.int(0...2)] }
            rule.offset = random.int(0...5)
            let expected = Result {
                try referenceConvolution(
                    shape, weights: weights, activities: activities, gating: gating, rule: rule)
            }
            if case .success(let result) = expected { dropped += result.droppedUnits }
            for kernels in Kernels.all {
                let outcome = kernels.convolution(
                    shape, weights: weights, activities: activities, gating: gating, rule: rule,
                    shuffledBy: &random.generator)
                expect(outcome, matches: expected.get, "\(kernels.isa) \(shape) \(rule) \(kind)")
            }
        }
        #expect(dropped > 0, "the random layers should also drop units")
    }

    @Test(arguments: 0..<8) func linearLayersAgree(batch: UInt64) {
        var random = RandomValues(seed: 2000 + batch)
        for _ in 0..<60 {
            let inputs = random.int(1...(random.chance(0.1) ? 3000 : 200))
            let outputs = random.int(1...5)
            let kind = random.kind()
            let weights = random.weights(inputs * outputs, kind)
            let activities = random.activities(inputs, kind)
            let gating = random.gating(outputs, active: 0.6)
            var rule = ReferenceRule(isLinear: true, isStrict: random.chance(0.4), stage2: .ladder)
            if random.chance(0.3) { rule.stage2 = random.chance(0.5) ? .maximum : .all }
            rule.offset = random.int(0...5)
            let shape = LayerShape(channels: inputs, outChannels: outputs)
            for kernels in Kernels.all {
                let outcome = kernels.linear(
                    weights: weights, activities: activities, gating: gating, rule: rule,
                    shuffledBy: &random.generator)
                expect(
                    outcome,
                    matches: {
                        try referenceConvolution(
                            shape, weights: weights, activities: activities, gating: gating, rule: rule)
                    }, "\(kernels.isa) \(inputs) x \(outputs) \(rule) \(kind)")
            }
        }
    }

    @Test(arguments: 0..<4) func bridgesAgree(batch: UInt64) {
        var random = RandomValues(seed: 3000 + batch)
        for _ in 0..<120 {
            let vector = random.gating(random.int(1...300), active: [0, 0.05, 0.5, 1][random.int(0...3)]).map {
                random.chance(0.5) ? $0 >> 14 : $0
            }
            var rule = ReferenceRule(isLinear: true, isStrict: random.chance(0.4), stage2: .ladder)
            if random.chance(0.3) { rule.stage2 = random.chance(0.5) ? .maximum : .all }
            rule.offset = random.int(0...5)
            for kernels in Kernels.all {
                let outcome = kernels.bridge(vector, rule: rule, shuffledBy: &random.generator)
                expect(outcome, matches: { try referenceBridge(vector, rule: rule) }, "\(kernels.isa) \(rule)")
            }
        }
    }

    @Test(arguments: [false, true]) func poolsAgree(isAverage: Bool) {
        var random = RandomValues(seed: isAverage ? 4000 : 4001)
        for _ in 0..<400 {
            let shape = random.pool()
            let activities = random.activities(shape.height * shape.width * shape.channels, random.kind())
            let gating = random.gating(shape.outHeight * shape.outWidth * shape.channels, active: 0.3)
            let outcome = Kernels.all[0].pool(
                shape, isAverage: isAverage, activities: activities, gating: gating, shuffledBy: &random.generator)
            expect(
                outcome,
                matches: {
                    try referencePool(shape, isAverage: isAverage, activities: activities, gating: gating)
                }, "\(shape)")
        }
    }
}
