import SelectiveTuning

/// The backward pass written the obvious way, from its definition: dense arrays, one picture, plain loops, every gradient
/// kept.
struct PlainBackward {
    let network: Network
    let tensors: RandomTensors
    let rectifier: RectifierGradient

    /// The derivatives of one class's score by `image` (first) and by every layer's output, [height][width][channels]; by what
    /// the score does not depend on, zeros.
    /// - Parameter activations: of `PlainNetwork`.
    func run(activations: [[Float]], class index: Int) throws -> [[Float]] {
        let shapes = try network.shapes()
        var number = [Network.image: 0]
        for (layer, value) in network.layers.enumerated() { number[value.name] = layer + 1 }
        var parts: [[(from: [Int], values: [Float])]] = shapes.map { _ in [] }
        var seed = [Float](repeating: 0, count: shapes.last!.count)
        seed[index] = 1
        parts[shapes.count - 1] = [([], seed)]
        var gradients = shapes.map { [Float](repeating: 0, count: $0.count) }
        for activation in shapes.indices.reversed() {
            let ordered = parts[activation].sorted { $0.from.lexicographicallyPrecedes($1.from) }.map(\.values)
            guard var gradient = ordered.first else { continue }
            for other in ordered.dropFirst() { for place in gradient.indices { gradient[place] += other[place] } }
            gradients[activation] = gradient
            guard activation > 0 else { continue }
            let layer = network.layers[activation - 1]
            let inputs = layer.inputs.map { number[$0]! }
            pass(&gradient, activations[activation], layer.kind.rectifier)
            let found = try through(
                layer, gradient, activations[inputs[0]], inputs.map { shapes[$0] }, shapes[activation])
            for (place, input) in inputs.enumerated() { parts[input].append(([activation, place], found[place])) }
        }
        return gradients
    }

    private func pass(_ gradient: inout [Float], _ activations: [Float], _ rule: Rectifier) {
        guard rule.isOn else { return }
        for (place, value) in activations.enumerated() {
            let passes = value > 0 && (rule.ceiling == .infinity || value < rule.ceiling)
            if !passes || rectifier == .guided && !(gradient[place] > 0) { gradient[place] = 0 }
        }
    }

    /// For each input.
    private func through(_ layer: Layer, _ gradient: [Float], _ input: [Float], _ inputs: [Shape], _ to: Shape) throws
        -> [[Float]]
    {
        let from = inputs[0]
        switch layer.kind {
        case .convolution(let c):
            let shape = [c.outputs, from.channels / c.groups, c.window.kernel.height, c.window.kernel.width]
            return [try weighted(layer, gradient, from, to, c.window, groups: c.groups, shape: shape)]
        case .linear(let l):
            let window = Window(kernel: Sides(height: from.height, width: from.width))
            return [try weighted(layer, gradient, from, to, window, groups: 1, shape: [l.outputs, from.count])]
        case .affine(let affine):
            let normalization = Layer.BatchNormalization(tensors: layer.tensors ?? layer.name, epsilon: affine.epsilon)
            let factors = try tensors.factors(normalization, from.channels).map { Float($0) }
            return [
                gradient.enumerated().map {
                    var sum: Float = 0
                    sum.addProduct(factors[$0 % from.channels], $1)
                    return sum + 0
                }
            ]
        case .add: return inputs.map { _ in gradient }
        case .concatenation:
            var channel = 0
            return inputs.map { shape in
                defer { channel += shape.channels }
                return (0..<shape.count).map {
                    gradient[$0 / shape.channels * to.channels + channel + $0 % shape.channels]
                }
            }
        case .maxPool(let pool): return [pooled(gradient, from, to, pool.window, maximumOf: input) { _, _ in 1 }]
        case .averagePool(let pool):
            let (window, padding) = (pool.window, pool.window.padding)
            return [
                pooled(gradient, from, to, window, maximumOf: nil) { y, x in
                    let (rows, columns) = window.cells(y, x, of: from)
                    guard pool.countsPadding else { return rows.count * columns.count }
                    let top = y * window.stride.height - padding.top
                    let left = x * window.stride.width - padding.left
                    return (min(top + window.kernel.height, from.height + padding.bottom) - top)
                        * (min(left + window.kernel.width, from.width + padding.right) - left)
                }
            ]
        case .globalAveragePool:
            let window = Window(kernel: Sides(height: from.height, width: from.width))
            return [pooled(gradient, from, to, window, maximumOf: nil) { _, _ in from.height * from.width }]
        case .localResponseNormalization(let n): return [responses(gradient, input, from, n)]
        }
    }

    /// One chain over (output row, output column, output channel), then + 0.
    private func weighted(
        _ layer: Layer, _ gradient: [Float], _ from: Shape, _ to: Shape, _ window: Window, groups: Int, shape: [Int]
    ) throws -> [Float] {
        let (groupIn, groupOut) = (from.channels / groups, to.channels / groups)
        let weights = PlainNetwork.channelLast(
            try tensors.weights(layer, shape: shape), out: to.channels, channels: groupIn, area: window.kernel.area)
        var found: [Float] = []
        found.reserveCapacity(from.count)
        for y in 0..<from.height {
            for x in 0..<from.width {
                var taps: [(gradient: Int, tap: Int)] = []
                for oy in 0..<to.height {
                    let ky = y + window.padding.top - oy * window.stride.height
                    guard (0..<window.kernel.height).contains(ky) else { continue }
                    for ox in 0..<to.width {
                        let kx = x + window.padding.left - ox * window.stride.width
                        guard (0..<window.kernel.width).contains(kx) else { continue }
                        taps.append(((oy * to.width + ox) * to.channels, ky * window.kernel.width + kx))
                    }
                }
                for channel in 0..<from.channels {
                    let (group, own) = (channel / groupIn, channel % groupIn)
                    var sum: Float = 0
                    for tap in taps {
                        for output in group * groupOut..<(group + 1) * groupOut {
                            sum.addProduct(
                                weights[(output * window.kernel.area + tap.tap) * groupIn + own],
                                gradient[tap.gradient + output])
                        }
                    }
                    found.append(sum + 0)
                }
            }
        }
        return found
    }

    /// Each cell adds up, in row-major order, what the windows that hold it give it.
    private func pooled(
        _ gradient: [Float], _ from: Shape, _ to: Shape, _ window: Window, maximumOf input: [Float]?,
        divisor: (_ y: Int, _ x: Int) -> Int
    ) -> [Float] {
        var found = [Float](repeating: 0, count: from.count)
        for y in 0..<to.height {
            for x in 0..<to.width {
                let (rows, columns) = window.cells(y, x, of: from)
                let cells = rows.flatMap { y in columns.map { (y * from.width + $0) * from.channels } }
                for channel in 0..<to.channels {
                    let share = gradient[(y * to.width + x) * to.channels + channel] / Float(divisor(y, x))
                    guard let input else {
                        for cell in cells { found[cell + channel] += share }
                        continue
                    }
                    let largest = cells.map { input[$0 + channel] }.max()
                    if let first = cells.first(where: { input[$0 + channel] == largest }) {
                        found[first + channel] += share
                    }
                }
            }
        }
        return found
    }

    private func responses(_ gradient: [Float], _ input: [Float], _ shape: Shape, _ n: Layer.LocalResponseNormalization)
        -> [Float]
    {
        let factor = n.alpha / Float(n.size)
        func around(_ channel: Int) -> [Int] {
            (channel - n.size / 2...channel + n.size / 2).filter { (0..<shape.channels).contains($0) }
        }
        var powers: [Float] = []
        var quotients: [Float] = []
        for (place, value) in input.enumerated() {
            let (pixel, channel) = (place / shape.channels * shape.channels, place % shape.channels)
            var sum: Float = 0
            for near in around(channel) { sum.addProduct(input[pixel + near], input[pixel + near]) }
            let t = n.k.addingProduct(factor, sum)
            powers.append(t.squareRoot() * t.squareRoot().squareRoot())
            quotients.append(gradient[place] * (value / powers[place]) / t)
        }
        return input.indices.map { place in
            let (pixel, channel) = (place / shape.channels * shape.channels, place % shape.channels)
            let sum = around(channel).reduce(Float(0)) { $0 + quotients[pixel + $1] }
            return (gradient[place] / powers[place]).addingProduct(-(1.5 * factor * input[place]), sum)
        }
    }
}

extension Layer.Kind {
    var rectifier: Rectifier {
        switch self {
        case .convolution(let layer): layer.rectifier
        case .linear(let layer): layer.rectifier
        case .affine(let layer): layer.rectifier
        case .add(let layer): layer.rectifier
        default: .none
        }
    }
}
