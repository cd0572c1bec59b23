/// What the backward pass computes, in which order, and where it keeps it: a value, the same for the CPU and for a device.
///
/// Each layer gives each of its inputs a *part* of that input's gradient. Once all of an activation's readers have, its
/// parts are added in the ascending order of the layers (and, within a layer, of its inputs). Memory that has been read is
/// used again: of a deep network few gradients live at a time.
struct GradientPlan: Sendable {
    /// One part of the gradient of an activation, inside of the zeros that its layer's kernels want around it.
    struct Part: Sendable, Hashable {
        let activation: Int
        let shape: Shape
        let border: Padding
        /// Floats from the beginning of one picture's memory; of a chunk's, that many times the pictures.
        fileprivate(set) var start = 0

        var row: Int { (shape.width + border.left + border.right) * shape.channels }
        /// Floats of one picture.
        var image: Int { (shape.height + border.top + border.bottom) * row }
        /// Floats from the part's beginning to channel 0 of pixel (0, 0).
        var origin: Int { border.top * row + border.left * shape.channels }
        /// Floats that it takes: whole cache lines.
        fileprivate var room: Int { (image + 15) / 16 * 16 }
    }

    /// One layer on the way down.
    struct Step: Sendable {
        let layer: Int
        /// Of the gradient of its output: to be added up in this order, into the first one.
        var gradient: [Part]
        /// For each of its inputs, what it computes; nil where nothing that is asked for lies below.
        var parts: [Part?]
        /// Whether many values of its output's gradient may be zero.
        var hasZeros: Bool
    }

    let target: Int
    /// The one-hot of the class.
    let seed: Part
    /// From the last layer down.
    private(set) var steps: [Step] = []
    /// Of the gradient that is asked for.
    private(set) var result: [Part] = []
    /// Whether the score depends on the target at all: else its gradient is zero, and `result` one part without a layer.
    let isReached: Bool
    /// Floats of one picture in flight.
    let floatsPerImage: Int

    /// `target`: an activation, 0 = the picture, n + 1 = layer n.
    init(network: Network, shapes: [Shape], inputs: [[Int]], to target: Int) {
        self.target = target
        let last = network.layers.count
        // Which activations the target has an effect on.
        var depends = shapes.indices.map { $0 == target }
        for (number, inputs) in inputs.enumerated() where inputs.contains(where: { depends[$0] }) {
            depends[number + 1] = true
        }
        isReached = depends[last]

        func part(of activation: Int) -> Part {
            let border: Padding
            if activation == 0 || activation == target {
                border = 0
            } else {
                let layer = network.layers[activation - 1]
                border = layer.work.gradientBorder(
                    input: shapes[inputs[activation - 1][0]], output: shapes[activation])
            }
            return Part(activation: activation, shape: shapes[activation], border: border)
        }
        var room = FirstFit()
        func placed(_ activation: Int) -> Part {
            var part = part(of: activation)
            part.start = room.take(part.room)
            return part
        }

        seed = placed(last)
        // With the layer and the input that each comes from.
        var found: [[(part: Part, from: (Int, Int), hasZeros: Bool)]] = shapes.map { _ in [] }
        found[last] = [(seed, (last, 0), true)]
        func gathered(_ activation: Int) -> [Part] {
            let parts = found[activation].sorted { $0.from < $1.from }.map(\.part)
            for other in parts.dropFirst() { room.release(other.start) }
            return parts
        }
        for number in network.layers.indices.reversed() where number + 1 > target {
            guard depends[number + 1], !found[number + 1].isEmpty else { continue }
            let work = network.layers[number].work
            let hasZeros = work.rectifier.isOn || found[number + 1].allSatisfy(\.hasZeros)
            let gradient = gathered(number + 1)
            let parts = inputs[number].enumerated().map { place, input -> Part? in
                guard depends[input] else { return nil }
                let part = placed(input)
                found[input].append((part, (number, place), work.gradientHasZeros(hasZeros)))
                return part
            }
            room.release(gradient[0].start)
            steps.append(Step(layer: number, gradient: gradient, parts: parts, hasZeros: hasZeros))
        }
        result = isReached ? gathered(target) : [placed(target)]
        floatsPerImage = room.size
    }
}
