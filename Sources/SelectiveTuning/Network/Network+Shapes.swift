/// Height, width and channels of one image's activations.
public struct Shape: Sendable, Hashable, CustomStringConvertible {
    public var height: Int
    public var width: Int
    public var channels: Int

    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    public var count: Int { height * width * channels }
    public var description: String { "\(height)x\(width)x\(channels)" }
}

extension Network {
    /// A side of an activation map may not exceed this, nor a map 2^26 values: a limit on what a description can ask for.
    static let largestSide = 4096
    static let mostValues = 1 << 26

    /// The output shape of `image` (first) and of every layer, in order. Throws what does not fit, by the layer's name.
    public func shapes() throws(NetworkError) -> [Shape] {
        guard (1...Network.largestSide).contains(inputSize) else {
            throw .badDescription(source: "network \(name)", problem: "input size \(inputSize): expected 1...4096")
        }
        guard !layers.isEmpty else { throw .badDescription(source: "network \(name)", problem: "it has no layers") }
        var known = [Network.image: 0]
        var shapes = [Shape(height: inputSize, width: inputSize, channels: 3)]
        for (index, layer) in layers.enumerated() {
            var inputs: [Shape] = []
            for input in layer.inputs {
                guard let place = known[input] else {
                    throw problem(layer, "its input \"\(input)\" is no layer further up")
                }
                inputs.append(shapes[place])
            }
            let shape = try output(of: layer, inputs: inputs)
            guard shape.height <= Network.largestSide, shape.width <= Network.largestSide,
                shape.channels <= Network.mostValues / (shape.height * shape.width)
            else { throw problem(layer, "its output \(shape) is too large") }
            guard known.updateValue(index + 1, forKey: layer.name) == nil else {
                throw problem(layer, "two layers have this name")
            }
            shapes.append(shape)
        }
        guard let last = shapes.last, last.height == 1, last.width == 1 else {
            throw problem(
                layers[layers.count - 1], "the last layer's output is \(shapes[shapes.count - 1]), not 1x1xclasses")
        }
        if let classNames, Set(classNames).count != classNames.count {
            throw .badDescription(source: "network \(name)", problem: "a class name stands twice")
        }
        for readOut in readOuts where known[readOut.layer] == nil {
            throw .badDescription(
                source: "network \(name)", problem: "read-out \(readOut.name): \"\(readOut.layer)\" is no layer")
        }
        if let classNames, classNames.count != last.channels {
            throw .badDescription(
                source: "network \(name)", problem: "\(classNames.count) class names for \(last.channels) outputs")
        }
        return shapes
    }

    func problem(_ layer: Layer, _ text: String) -> NetworkError {
        .badLayer(network: name, layer: layer.name, problem: text)
    }

    private func output(of layer: Layer, inputs: [Shape]) throws(NetworkError) -> Shape {
        guard let input = inputs.first else { throw problem(layer, "it has no input") }
        if layer.kind != .concatenation, inputs.count != 1 {
            throw problem(layer, "it has \(inputs.count) inputs, expected one")
        }
        switch layer.kind {
        case .convolution(let c):
            guard c.outputs > 0, c.kernel > 0, c.stride > 0, c.padding >= 0, c.padding <= 64, c.groups > 0,
                c.outputs <= 1 << 20, c.kernel <= 64
            else {
                throw problem(
                    layer, "outputs, kernel, stride and groups must be positive, kernel <= 64, 0 <= padding <= 64")
            }
            if let normalization = c.batchNormalization {
                guard normalization.epsilon >= 0, normalization.epsilon.isFinite else {
                    throw problem(layer, "its batch normalisation's epsilon must be finite and not negative")
                }
            }
            guard input.channels % c.groups == 0, c.outputs % c.groups == 0 else {
                throw problem(
                    layer, "\(input.channels) inputs and \(c.outputs) outputs do not divide into \(c.groups) groups")
            }
            let (paddedHeight, paddedWidth) = (input.height + 2 * c.padding, input.width + 2 * c.padding)
            guard input.channels <= Network.mostValues / (paddedHeight * paddedWidth) else {
                throw problem(layer, "its input \(input) with padding \(c.padding) is too large")
            }
            let (height, width) = try windows(
                layer, input, kernel: c.kernel, stride: c.stride, padding: c.padding, ceilMode: false)
            return Shape(height: height, width: width, channels: c.outputs)
        case .linear(let outputs, _):
            guard (1...(1 << 20)).contains(outputs) else {
                throw problem(layer, "\(outputs) outputs: expected 1...2^20")
            }
            return Shape(height: 1, width: 1, channels: outputs)
        case .maxPool(let p), .averagePool(let p, _):
            guard p.kernel > 0, p.stride > 0, p.padding >= 0, 2 * p.padding <= p.kernel, p.kernel <= 64 else {
                throw problem(
                    layer, "kernel and stride must be positive, padding at most half the kernel, kernel <= 64")
            }
            let (height, width) = try windows(
                layer, input, kernel: p.kernel, stride: p.stride, padding: p.padding, ceilMode: p.ceilMode)
            return Shape(height: height, width: width, channels: input.channels)
        case .globalAveragePool:
            return Shape(height: 1, width: 1, channels: input.channels)
        case .localResponseNormalization(let n):
            guard n.size > 0, n.size <= 255, n.size % 2 == 1, n.alpha >= 0, n.alpha.isFinite, n.k > 0, n.k.isFinite
            else { throw problem(layer, "size must be odd, 1...255, alpha not negative, k positive") }
            return input
        case .concatenation:
            for other in inputs where other.height != input.height || other.width != input.width {
                throw problem(layer, "its inputs \(input) and \(other) differ in height or width")
            }
            return Shape(
                height: input.height, width: input.width, channels: inputs.reduce(0) { $0 + $1.channels })
        }
    }

    private func windows(
        _ layer: Layer, _ input: Shape, kernel: Int, stride: Int, padding: Int, ceilMode: Bool
    ) throws(NetworkError) -> (height: Int, width: Int) {
        func count(_ n: Int) -> Int {
            let room = n + 2 * padding - kernel
            guard room >= 0 else { return 0 }
            guard ceilMode else { return room / stride + 1 }
            let windows = (room + stride - 1) / stride + 1
            return (windows - 1) * stride >= n + padding ? windows - 1 : windows
        }
        let height = count(input.height)
        let width = count(input.width)
        guard height > 0, width > 0 else {
            throw problem(layer, "a \(kernel)x\(kernel) window with padding \(padding) does not fit its input \(input)")
        }
        return (height, width)
    }
}
