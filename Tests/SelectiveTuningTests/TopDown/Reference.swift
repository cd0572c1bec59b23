// The top-down pass as selective-tuning.md says it, for small layers: plain arrays, sorts and recursion, and nothing of
// the kernels. Numbers in brackets are that document's sections.

struct ReferenceRule {
    enum Stage2 { case group, ladder, maximum, all }

    var isLinear = false
    var isStrict = false
    var stage2 = Stage2.group
    var offset = 0

    var lowerBound: Int64 { toFixed(isLinear ? 1e-5 : 3e-4) }
    var epsilon: Int64 { toFixed(isLinear ? 1e-4 : 2e-4) }
}

enum ReferenceFailure: Error { case notFinite, range, gatingRange }

struct ReferenceResult: Equatable {
    /// By index of the layer's input.
    var gating: [Int64]
    var droppedMass: Int64 = 0
    var droppedUnits = 0
    var ties = 0
    var ineligible = 0
}

func toFixed(_ value: Double) -> Int64 { Int64((value * 0x1p36).rounded(.toNearestOrEven)) }

/// One connection of a unit: nil in `input` is zero padding.
struct Connection {
    var product: Float
    var input: Int?
    var channel: Int
    var y: Int
    var x: Int
}

struct Winner {
    var sum: Int64
    var connection: Connection
}

/// Sections 3 to 6 for one unit.
func referenceUnit(
    _ connections: [Connection], gating: Int64, rule: ReferenceRule, into result: inout ReferenceResult
) throws {
    // [2]
    guard connections.allSatisfy({ $0.product.isFinite }) else { throw ReferenceFailure.notFinite }
    guard connections.allSatisfy({ abs($0.product) < 0x1p27 }) else { throw ReferenceFailure.range }
    let fixed = connections.map { Int64(($0.product * 0x1p36).rounded(.toNearestOrEven)) }
    guard fixed.reduce(Int128(0), { $0 + Int128($1.magnitude) }) < 1 << 63 else { throw ReferenceFailure.range }

    // [3]
    let total = fixed.reduce(0, +)
    if total <= rule.lowerBound {
        result.droppedMass += gating
        result.droppedUnits += 1
        return
    }
    var running = fixed.filter { $0 < 0 }.reduce(0, +)
    var theta: Int64?
    for product in fixed.filter({ $0 > 0 }).sorted() where theta == nil {
        running += product
        if running > 0 { theta = product }
    }
    let threshold = theta! - (rule.isStrict ? 0 : rule.epsilon)
    let winners = zip(fixed, connections).filter { $0.0 >= threshold }.map { Winner(sum: $0.0, connection: $0.1) }

    // [4] or [5]
    let selected: [Winner]?
    switch rule.stage2 {
    case .group:
        selected = strongestGroup(winners.filter { $0.connection.input != nil }, &result)
    case .all:
        selected = winners
    case .maximum:
        let largest = winners.map(\.sum).max()!
        selected = [winners.first { $0.sum == largest }!]
    case .ladder:
        selected = try importantSubset(winners, offset: rule.offset)
    }
    guard let selected else {
        result.droppedMass += gating
        result.droppedUnits += 1
        return
    }

    // [6]
    let sum = Double(selected.map(\.sum).reduce(0, +))
    for winner in selected {
        guard let input = winner.connection.input else { continue }
        let share = Double(gating) * Double(winner.sum) / sum
        guard abs(share) < 0x1p62 else { throw ReferenceFailure.gatingRange }
        result.gating[input] += Int64(share.rounded(.toNearestOrEven))
    }
}

private func strongestGroup(_ winners: [Winner], _ result: inout ReferenceResult) -> [Winner]? {
    var best: [Winner]?
    var bestScore = -Double.infinity
    var reached = 0
    for channel in Set(winners.map(\.connection.channel)).sorted() {
        var cells = winners.filter { $0.connection.channel == channel }
        cells.sort { ($0.connection.y, $0.connection.x) < ($1.connection.y, $1.connection.x) }
        while !cells.isEmpty {
            var component: [Winner] = []
            take(cells[0], from: &cells, into: &component)
            let sum = component.map(\.sum).reduce(0, +)
            if sum <= 0 {
                result.ineligible += 1
                continue
            }
            let score = 0.2 * (Double(sum) * 0x1p-36) + 0.8 * Double(component.count)
            if score > bestScore {
                best = component
                bestScore = score
                reached = 1
            } else if score == bestScore {
                reached += 1
            }
        }
    }
    if reached > 1 { result.ties += 1 }
    return best
}

private func take(_ winner: Winner, from cells: inout [Winner], into component: inout [Winner]) {
    let at = winner.connection
    guard let index = cells.firstIndex(where: { $0.connection.y == at.y && $0.connection.x == at.x }) else { return }
    component.append(cells.remove(at: index))
    let neighbours = cells.filter { abs($0.connection.y - at.y) <= 1 && abs($0.connection.x - at.x) <= 1 }
    for neighbour in neighbours { take(neighbour, from: &cells, into: &component) }
}

private func importantSubset(_ winners: [Winner], offset: Int) throws -> [Winner] {
    let n = Double(winners.count)
    let mean = Double(winners.map(\.sum).reduce(0, +)) * 0x1p-36 / n
    var squares = Int128(0)
    for winner in winners where winner.sum != 0 {
        let difference = Double(winner.sum) * 0x1p-36 - mean
        squares += Int128((difference * difference * 0x1p36).rounded(.toNearestOrEven))
    }
    guard squares < 1 << 63 else { throw ReferenceFailure.range }
    let deviation = (Double(Int64(squares)) * 0x1p-36 / n).squareRoot()
    let rows: [(p: Double, q: Double)] = [(1, 3), (1, 2), (1, 1), (1, 0), (0.5, 0), (0.2, 0)]
    let thresholds = rows.map { row -> Int64 in
        let threshold = (row.p * mean + row.q * deviation) * 0x1p36
        return threshold < 0x1p63 ? Int64(threshold.rounded(.toNearestOrEven)) : .max
    }
    let hit = thresholds.firstIndex { threshold in winners.contains { $0.sum >= threshold } }!
    return winners.filter { $0.sum > 0 && $0.sum >= thresholds[min(5, hit + offset)] }
}
