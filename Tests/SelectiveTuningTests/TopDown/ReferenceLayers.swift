// Whole layers of the slow reference: every output unit, every connection, padding included.

/// A window that slides over a map, and the map it slides over.
struct LayerShape: Equatable {
    var height = 1
    var width = 1
    var channels = 1
    var kernelHeight = 1
    var kernelWidth = 1
    var strideY = 1
    var strideX = 1
    var padY = 0
    var padX = 0
    /// More below, and to the right, than padY above and padX to the left.
    var padBelow = 0
    var padBeside = 0
    var groups = 1
    var outChannels = 1
    /// The output's size is rounded up, as pooling layers may do.
    var isCeiling = false

    var padBottom: Int { padY + padBelow }
    var padRight: Int { padX + padBeside }
    var outHeight: Int { size(height, kernelHeight, padY, padBottom, strideY) }
    var outWidth: Int { size(width, kernelWidth, padX, padRight, strideX) }

    private func size(_ n: Int, _ k: Int, _ p: Int, _ after: Int, _ s: Int) -> Int {
        let full = n + p + after - k
        guard full >= 0 else { return 0 }
        var size = full / s + 1
        // The last window must start inside the map or the padding before it.
        if isCeiling, full % s != 0, size * s < n + p { size += 1 }
        return size
    }

    /// Inside the map, row-major, with its place in the kernel; nil is padding.
    func cells(y: Int, x: Int) -> [(kernelY: Int, kernelX: Int, at: (y: Int, x: Int)?)] {
        var cells: [(kernelY: Int, kernelX: Int, at: (y: Int, x: Int)?)] = []
        for kernelY in 0..<kernelHeight {
            for kernelX in 0..<kernelWidth {
                let row = y * strideY - padY + kernelY
                let column = x * strideX - padX + kernelX
                let isInside = (0..<height).contains(row) && (0..<width).contains(column)
                cells.append((kernelY, kernelX, isInside ? (row, column) : nil))
            }
        }
        return cells
    }

    func inputIndex(_ at: (y: Int, x: Int), _ channel: Int) -> Int { (at.y * width + at.x) * channels + channel }
}

/// weights: [out][y][x][in of the group]; activities: [height][width][channels]; gating: [out height][out width][out].
func referenceConvolution(
    _ shape: LayerShape, weights: [Float], activities: [Float], gating: [Int64], rule: ReferenceRule
) throws -> ReferenceResult {
    var result = ReferenceResult(gating: [Int64](repeating: 0, count: activities.count))
    let inputs = shape.channels / shape.groups
    for y in 0..<shape.outHeight {
        for x in 0..<shape.outWidth {
            for out in 0..<shape.outChannels {
                let unitGating = gating[(y * shape.outWidth + x) * shape.outChannels + out]
                if unitGating == 0 { continue }
                let group = out / (shape.outChannels / shape.groups)
                var connections: [Connection] = []
                for cell in shape.cells(y: y, x: x) {
                    for channel in 0..<inputs {
                        let kernelCell = (out * shape.kernelHeight + cell.kernelY) * shape.kernelWidth + cell.kernelX
                        let weight = weights[kernelCell * inputs + channel]
                        let input = cell.at.map { shape.inputIndex($0, group * inputs + channel) }
                        connections.append(
                            Connection(
                                product: input.map { weight * activities[$0] } ?? 0, input: input, channel: channel,
                                y: cell.kernelY, x: cell.kernelX))
                    }
                }
                try referenceUnit(connections, gating: unitGating, rule: rule, into: &result)
            }
        }
    }
    return result
}

func referenceBridge(_ vector: [Int64], rule: ReferenceRule) throws -> ReferenceResult {
    var result = ReferenceResult(gating: [Int64](repeating: 0, count: vector.count))
    if rule.stage2 == .all { return ReferenceResult(gating: vector) }
    if vector.allSatisfy({ $0 == 0 }) { return result }
    let connections = vector.indices.map {
        Connection(product: Float(vector[$0]) / 0x1p48, input: $0, channel: $0, y: 0, x: 0)
    }
    try referenceUnit(connections, gating: 1 << 48, rule: rule, into: &result)
    return result
}

func referencePool(
    _ shape: LayerShape, isAverage: Bool, activities: [Float], gating: [Int64]
) throws -> ReferenceResult {
    var result = ReferenceResult(gating: [Int64](repeating: 0, count: activities.count))
    for y in 0..<shape.outHeight {
        for x in 0..<shape.outWidth {
            for channel in 0..<shape.channels {
                let unitGating = gating[(y * shape.outWidth + x) * shape.channels + channel]
                if unitGating == 0 { continue }
                let inside = shape.cells(y: y, x: x).compactMap { cell in
                    cell.at.map { shape.inputIndex($0, channel) }
                }
                if isAverage {
                    let values = inside.map { max(0, Int64((activities[$0] * 0x1p36).rounded(.toNearestOrEven))) }
                    let sum = values.reduce(0, +)
                    if sum == 0 {
                        result.droppedMass += unitGating
                        result.droppedUnits += 1
                        continue
                    }
                    for (index, value) in zip(inside, values) where value > 0 {
                        let share = Double(unitGating) * Double(value) / Double(sum)
                        guard abs(share) < 0x1p62 else { throw ReferenceFailure.gatingRange }
                        result.gating[index] += Int64(share.rounded(.toNearestOrEven))
                    }
                } else if let maximum = inside.map({ activities[$0] }).max() {
                    result.gating[inside.first { activities[$0] == maximum }!] += unitGating
                } else {
                    result.droppedMass += unitGating
                    result.droppedUnits += 1
                }
            }
        }
    }
    return result
}
