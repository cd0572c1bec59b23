// The addition of several activities in the slow reference: integers without limits, sorts, and nothing of the kernels.

enum ReferenceResidual: CaseIterable { case split, winner, branch }

/// A sum of activities of one shape.
struct ReferenceAddition {
    /// What each input adds, unit by unit; nil, of the first one only, where the output's sum says what it added.
    var inputs: [[Float]?]
    /// The output, after its ReLU.
    var sum: [Float]
    /// Which tensor each input is, counted from 0: several may be one.
    var tensors: [Int]
    var rule = ReferenceRule()
    var residual = ReferenceResidual.split

    struct Result: Equatable {
        /// By tensor, then by unit.
        var gating: [[Int64]]
        var droppedMass: Int64 = 0
        var droppedUnits = 0
        var ties = 0
        var activeUnits = 0
        var products = 0
    }

    struct Failure: Error, Equatable {
        var kind: ReferenceFailure
        var unit: Int
    }

    func run(gating: [Int64]) throws(Failure) -> Result {
        let tensors = self.tensors.max()! + 1
        var result = Result(gating: [[Int64]](repeating: gating.map { _ in 0 }, count: tensors))
        var magnitudes = [Int128](repeating: 0, count: tensors)
        for unit in gating.indices where gating[unit] != 0 {
            result.activeUnits += 1
            result.products += inputs.count
            let summands: [Int128]
            do {
                summands = try self.summands(unit)
            } catch {
                throw Failure(kind: error, unit: unit)
            }
            for (input, share) in try shares(summands, gating[unit], unit, &result) {
                let tensor = self.tensors[input]
                magnitudes[tensor] += Int128(share.magnitude)
                guard magnitudes[tensor] < 1 << 63 else { throw Failure(kind: .gatingRange, unit: unit) }
                result.gating[tensor][unit] += share
            }
        }
        return result
    }

    private func summands(_ unit: Int) throws(ReferenceFailure) -> [Int128] {
        let values = inputs.map { $0?[unit] ?? sum[unit] }
        guard values.allSatisfy(\.isFinite) else { throw .notFinite }
        var summands = values.map { Int128((Double($0) * 0x1p36).rounded(.toNearestOrEven)) }
        if inputs[0] == nil { summands[0] -= summands.dropFirst().reduce(0, +) }
        guard summands.reduce(0, { $0 + Int128($1.magnitude) }) < 1 << 63 else { throw .range }
        return summands
    }

    private func shares(
        _ summands: [Int128], _ gating: Int64, _ unit: Int, _ result: inout Result
    ) throws(Failure) -> [(input: Int, share: Int64)] {
        if summands.reduce(0, +) <= Int128(rule.lowerBound) {
            result.droppedMass += gating
            result.droppedUnits += 1
            return []
        }
        var running = summands.filter { $0 < 0 }.reduce(0, +)
        var theta: Int128?
        for summand in summands.filter({ $0 > 0 }).sorted() where theta == nil {
            running += summand
            if running > 0 { theta = summand }
        }
        let least = theta! - (rule.isStrict ? 0 : Int128(rule.epsilon))
        let winners = summands.indices.filter { summands[$0] >= least && summands[$0] > 0 }
        if residual == .winner {
            let largest = winners.map { summands[$0] }.max()!
            let equal = winners.filter { summands[$0] == largest }
            if equal.count > 1 { result.ties += 1 }
            return [(equal[0], gating)]
        }
        if residual == .branch, winners.contains(0) { return [(0, gating)] }
        let sum = Double(Int64(winners.reduce(0) { $0 + summands[$1] }))
        return try winners.map { input throws(Failure) in
            let share = Double(gating) * Double(Int64(summands[input])) / sum
            guard abs(share) < 0x1p62 else { throw Failure(kind: .gatingRange, unit: unit) }
            return (input, Int64(share.rounded(.toNearestOrEven)))
        }
    }
}
