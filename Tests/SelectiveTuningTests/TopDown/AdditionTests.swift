import Bytes
import CKernels
import Testing

extension ReferenceAddition {
    enum Outcome: Equatable {
        case result(Result)
        case failure(ck_td_status, unit: Int32)
    }

    /// What the kernel should say.
    func expected(gating: [Int64]) -> Outcome {
        do {
            return .result(try run(gating: gating))
        } catch {
            let status: ck_td_status =
                switch error.kind {
                case .notFinite: CK_TD_NOT_FINITE
                case .range: CK_TD_RANGE
                case .gatingRange: CK_TD_GATING_RANGE
                }
            return .failure(status, unit: Int32(error.unit))
        }
    }

    /// By the kernel, over activities with gaps that would poison the result if they were read, and active units in
    /// random order.
    func kernel(
        height: Int, width: Int, channels: Int, gating: [Int64], shuffledBy generator: inout SplitMix64
    ) -> Outcome {
        var maps: [GappedMap?] = []
        for values in inputs {
            maps.append(values.map { GappedMap($0, width: width, channels: channels, gap: maps.count % 3) })
        }
        let total = GappedMap(sum, width: width, channels: channels, gap: 2)
        func view(_ map: GappedMap?) -> ck_td_view {
            ck_td_view(
                data: map?.pointer, row_stride: Int64(map?.row ?? 0), pixel_stride: Int64(map?.pixel ?? 0),
                height: Int32(height), width: Int32(width), channels: Int32(channels))
        }
        func made() -> ck_gating {
            var gating = ck_gating()
            precondition(ck_gating_create(&gating, Int32(height), Int32(width), Int32(channels)) == CK_TD_OK)
            return gating
        }
        let from = UnsafeMutablePointer<ck_gating>.allocate(capacity: 1)
        from.initialize(to: made())
        let count = tensors.max()! + 1
        let to = UnsafeMutablePointer<ck_gating>.allocate(capacity: count)
        for tensor in 0..<count { (to + tensor).initialize(to: made()) }
        defer {
            ck_gating_destroy(from)
            for tensor in 0..<count { ck_gating_destroy(to + tensor) }
            from.deallocate()
            to.deallocate()
        }
        for index in gating.indices.shuffled(using: &generator) where gating[index] != 0 {
            precondition(ck_gating_add(from, Int32(index), gating[index]) == CK_TD_OK)
        }
        var layer = ck_td_add_layer()
        layer.inputs = Int32(inputs.count)
        withUnsafeMutableBytes(of: &layer.input) { bytes in
            let views = bytes.bindMemory(to: ck_td_view.self)
            for (number, map) in maps.enumerated() where number < views.count { views[number] = view(map) }
        }
        layer.sum = view(total)
        layer.rule = rule.kernelRule
        layer.residual =
            switch residual {
            case .split: CK_TD_SPLIT
            case .winner: CK_TD_WINNER
            case .branch: CK_TD_BRANCH
            }
        var stats = ck_td_stats()
        let targets: [UnsafeMutablePointer<ck_gating>?] = tensors.map { to + $0 }
        let status = ck_td_add(&layer, from, targets, &stats)
        guard status == CK_TD_OK else { return .failure(status, unit: stats.error_unit) }
        return .result(
            Result(
                gating: (0..<count).map { tensor in gating.indices.map { to[tensor].value[$0] } },
                droppedMass: stats.dropped_mass, droppedUnits: Int(stats.dropped_units), ties: Int(stats.ties),
                activeUnits: Int(stats.active_units), products: Int(stats.products)))
    }
}

/// Activities whose pixels and rows lie apart, with NaN in between.
private final class GappedMap {
    let pixel, row: Int
    private let memory: UnsafeMutableBufferPointer<Float>

    init(_ values: [Float], width: Int, channels: Int, gap: Int) {
        pixel = channels + gap
        row = width * pixel + gap
        let height = values.count / (width * channels)
        memory = .allocate(capacity: height * row)
        memory.initialize(repeating: .nan)
        for (index, value) in values.enumerated() {
            let place = index / channels
            memory[place / width * row + place % width * pixel + index % channels] = value
        }
    }

    var pointer: UnsafePointer<Float> { UnsafePointer(memory.baseAddress!) }

    deinit { memory.deallocate() }
}

@Suite struct AdditionTests {
    private static let one: Int64 = 1 << 48

    /// One unit that adds up `products`, with gating 1: the share of each input.
    private func unit(
        _ products: [Float], _ residual: ReferenceResidual = .split, isStrict: Bool = false, gating: Int64 = one
    ) -> ReferenceAddition.Outcome {
        let addition = ReferenceAddition(
            inputs: products.map { [$0] }, sum: [0], tensors: Array(products.indices),
            rule: ReferenceRule(isStrict: isStrict), residual: residual)
        var generator = SplitMix64(seed: 1)
        return addition.kernel(height: 1, width: 1, channels: 1, gating: [gating], shuffledBy: &generator)
    }

    private func shares(_ outcome: ReferenceAddition.Outcome) -> [Double]? {
        guard case .result(let result) = outcome else { return nil }
        return result.gating.map { Double($0[0]) / Double(Self.one) }
    }

    private func ties(_ outcome: ReferenceAddition.Outcome) -> Int? {
        guard case .result(let result) = outcome else { return nil }
        return result.ties
    }

    @Test(arguments: 0..<40) func theKernelAgreesWithTheReference(batch: UInt64) {
        var random = RandomValues(seed: 7000 + batch)
        for _ in 0..<100 {
            let (height, width, channels) = (random.int(1...5), random.int(1...5), random.int(1...9))
            let count = height * width * channels
            let inputs = random.chance(0.7) ? random.int(2...3) : random.int(2...16)
            let kind = random.kind()
            let scale: Float = random.chance(0.1) ? 0x1p20 : 1
            var addition = ReferenceAddition(
                inputs: (0..<inputs).map { _ in
                    // Weights have both signs, as what a residual branch adds has.
                    zip(random.weights(count, kind), random.activities(count, .smooth)).map {
                        random.chance(0.1) ? 0 : $0 * scale + (random.chance(0.05) ? $1 : 0)
                    }
                }, sum: [], tensors: [])
            if random.chance(0.3), inputs > 2 { addition.inputs[inputs - 1] = addition.inputs[1] }
            let ceiling: Float? = random.chance(0.7) ? (random.chance(0.5) ? 6 : .infinity) : nil
            addition.sum = (0..<count).map { unit in
                let sum = addition.inputs.reduce(Float(0)) { $0 + $1![unit] }
                return ceiling.map { min(max(sum, 0), $0) } ?? sum
            }
            if random.chance(0.4) { addition.inputs[0] = nil }
            if random.chance(0.1) {
                let input = random.int(1...(inputs - 1))
                addition.inputs[input]![random.int(0...(count - 1))] =
                    [.nan, .infinity, -.infinity, 0x1p27, -0x1.fffffep26, .leastNonzeroMagnitude].randomElement(
                        using: &random.generator)!
            }
            addition.tensors = (0..<inputs).map { random.chance(0.1) ? 0 : $0 }
            addition.rule = ReferenceRule(isStrict: random.chance(0.4))
            addition.residual = ReferenceResidual.allCases.randomElement(using: &random.generator)!
            var gating = random.gating(count, active: [0, 0.2, 1][random.int(0...2)])
            if random.chance(0.2) {
                // Up to where the sum of a tensor's gating leaves 64 bits.
                gating = gating.map { $0 << Int64(random.int(0...14)) }
                let bound = Int64.max / Int64(max(1, gating.count { $0 != 0 }))
                gating = gating.map { max(-bound, min(bound, $0)) }
            }
            let outcome = addition.kernel(
                height: height, width: width, channels: channels, gating: gating, shuffledBy: &random.generator)
            #expect(outcome == addition.expected(gating: gating), "\(addition) \(gating)")
        }
    }

    @Test func winnersShareInProportion() {
        #expect(shares(unit([3, 1])) == [0.75, 0.25])
        // 1 does not lift the sum above 0, 4 does; so 1 is no winner.
        #expect(shares(unit([-2, 1, 4])) == [0, 0, 1])
        // -1 + 1 is not yet positive.
        #expect(shares(unit([-1, 1, 1])) == [0, 0.5, 0.5])
        #expect(shares(unit([0, 5])) == [0, 1])
    }

    @Test func epsilonLetsNeighboursOfThetaWinButNothingThatIsNotPositive() {
        // theta is 1: what is at most 2e-4 below wins too, unless selection is strict.
        guard case .result(let near) = unit([-0.99995, 0.99985, 1]) else {
            Issue.record("within range")
            return
        }
        #expect(near.gating[1][0] > 0)
        #expect(shares(unit([-0.99995, 0.99985, 1], isStrict: true)) == [0, 0, 1])
        // theta is 1.5e-4, and epsilon takes it to -5e-5: -3e-5 would win were it not for its sign.
        guard case .result(let signed) = unit([-3e-5, 1.5e-4, 3.5e-4]) else {
            Issue.record("within range")
            return
        }
        #expect(signed.gating[0] == [0] && signed.gating[1][0] > 0)
        #expect(abs(signed.gating[1][0] + signed.gating[2][0] - Self.one) <= 1)
    }

    @Test func theLargestTakesAllAndTheFirstOfEquals() {
        #expect(shares(unit([1, 3, 2], .winner)) == [0, 1, 0])
        #expect(shares(unit([1, 3, 3], .winner)) == [0, 1, 0])
        #expect(ties(unit([1, 3, 3], .winner)) == 1 && ties(unit([1, 3, 2], .winner)) == 0)
        #expect(ties(unit([1, 3, 3], .split)) == 0)
    }

    @Test func theBranchTakesAllWhereItWins() {
        #expect(shares(unit([1, 3], .branch)) == [1, 0])
        #expect(
            shares(unit([-1, 3, 1], .branch)) == [0, 0.75, 0.25] || shares(unit([-1, 3, 1], .branch)) == [0, 1, 0])
    }

    @Test func aTotalWithinTheLowerBoundDropsTheUnit() {
        for products: [Float] in [[1, -1], [-1, -2], [0, 0], [2.9e-4, 0], [1e-4, 1e-4]] {
            guard case .result(let result) = unit(products) else {
                Issue.record("\(products) is in range")
                continue
            }
            #expect(result.droppedUnits == 1 && result.droppedMass == Self.one)
            #expect(result.gating.allSatisfy { $0 == [0] })
        }
        #expect(shares(unit([3.1e-4, 0])) == [1, 0])
    }

    /// What takes all gets the gating itself, which need not be a number that a double holds.
    @Test func gatingThatIsGivenWholeIsNotRounded() {
        let gating: Int64 = (1 << 62) + 1
        for residual in [ReferenceResidual.winner, .branch] {
            guard case .result(let result) = unit([3, 1], residual, gating: gating) else {
                Issue.record("in range")
                continue
            }
            #expect(result.gating == [[gating], [0]])
        }
        #expect(unit([3, -1], gating: .max) == .failure(CK_TD_GATING_RANGE, unit: 0))
    }

    @Test func theSumOfMagnitudesMustFit() {
        let half: Float = 0x1p26
        #expect(shares(unit([half, half.nextDown])) != nil)
        #expect(unit([half, half]) == .failure(CK_TD_RANGE, unit: 0))
        #expect(unit([half, -half]) == .failure(CK_TD_RANGE, unit: 0))
        #expect(unit([.nan, 0x1p100]) == .failure(CK_TD_NOT_FINITE, unit: 0))
        #expect(unit([0x1p100, .infinity]) == .failure(CK_TD_NOT_FINITE, unit: 0))
        // What the first input added is computed, and may leave the range though every number is within it.
        var generator = SplitMix64(seed: 1)
        for (sum, other, expected): (Float, Float, ck_td_status?) in [
            (half, -half, CK_TD_RANGE), (0x1.8p26, 0x1p25, nil), (-0x1.8p26, 0x1.8p26, CK_TD_RANGE),
            (0, 0x1.fffffep25, nil), (0, 0x1p26, CK_TD_RANGE), (.infinity, 1, CK_TD_NOT_FINITE),
        ] {
            let addition = ReferenceAddition(inputs: [nil, [other]], sum: [sum], tensors: [0, 1])
            let outcome = addition.kernel(height: 1, width: 1, channels: 1, gating: [1 << 40], shuffledBy: &generator)
            #expect(outcome == addition.expected(gating: [1 << 40]))
            if let expected {
                #expect(outcome == .failure(expected, unit: 0))
            } else if case .failure = outcome {
                Issue.record("\(sum) and \(other) are in range")
            }
        }
    }

    @Test func shapesThatDoNotFitAreRefused() {
        var gatings = [ck_gating(), ck_gating()]
        precondition(ck_gating_create(&gatings[0], 2, 2, 3) == CK_TD_OK)
        precondition(ck_gating_create(&gatings[1], 2, 2, 2) == CK_TD_OK)
        defer {
            ck_gating_destroy(&gatings[0])
            ck_gating_destroy(&gatings[1])
        }
        let values = [Float](repeating: 1, count: 12)
        values.withUnsafeBufferPointer { values in
            gatings.withUnsafeMutableBufferPointer { gatings in
                let view = ck_td_view(
                    data: values.baseAddress, row_stride: 6, pixel_stride: 3, height: 2, width: 2, channels: 3)
                var layer = ck_td_add_layer()
                (layer.inputs, layer.input.0, layer.input.1, layer.sum) = (2, view, view, view)
                layer.rule = ReferenceRule().kernelRule
                var stats = ck_td_stats()
                let (right, wrong) = (gatings.baseAddress! + 0, gatings.baseAddress! + 1)
                #expect(ck_td_add(&layer, right, [right, right], &stats) == CK_TD_OK)
                #expect(ck_td_add(&layer, wrong, [right, right], &stats) == CK_TD_SHAPE)
                #expect(ck_td_add(&layer, right, [right, wrong], &stats) == CK_TD_SHAPE)
                for inputs: Int32 in [-1, 0, 1, Int32(CK_TD_ADD_INPUTS) + 1] {
                    layer.inputs = inputs
                    let targets = [UnsafeMutablePointer<ck_gating>?](repeating: right, count: 17)
                    #expect(ck_td_add(&layer, right, targets, &stats) == CK_TD_SHAPE)
                }
                layer.inputs = 2
                layer.input.1.data = nil
                #expect(
                    ck_td_add(&layer, right, [right, right], &stats) == CK_TD_SHAPE, "only the first may be unknown")
                (layer.input.1.data, layer.input.0.data) = (values.baseAddress, nil)
                #expect(ck_td_add(&layer, right, [right, right], &stats) == CK_TD_OK)
                layer.sum.data = nil
                #expect(ck_td_add(&layer, right, [right, right], &stats) == CK_TD_SHAPE)
            }
        }
    }
}
