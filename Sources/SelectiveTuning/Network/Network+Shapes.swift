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
        let bridges = layers.filter(\.bridge)
        guard bridges.count < 2 else {
            throw problem(
                bridges[1], "it has a bridge, and so has \(bridges[0].name): a network has one at the most")
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
        guard !inputs.isEmpty else { throw problem(layer, "it has no input") }
        let allowed = layer.work.inputCount
        guard allowed.contains(inputs.count) else {
            throw problem(
                layer,
                "it has \(inputs.count) input\(inputs.count == 1 ? "" : "s"), expected \(allowed.inWords)"
                    + (inputs.count < allowed.lowerBound ? ": name them as its \"from\"" : ""))
        }
        do throws(LayerMisfit) {
            return try layer.work.outputShape(inputs)
        } catch {
            throw problem(layer, error.problem)
        }
    }
}

extension ClosedRange<Int> {
    fileprivate var inWords: String {
        if self == 1...1 { return "one" }
        return upperBound == .max ? "\(lowerBound) or more" : "\(lowerBound) to \(upperBound)"
    }
}
