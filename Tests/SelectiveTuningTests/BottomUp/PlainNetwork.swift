import SelectiveTuning
import Testing

extension Network: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// Weights made from a seed, kept in memory.
struct RandomTensors: TensorSource {
    let seed: Int

    func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] {
        var state = UInt64(truncatingIfNeeded: seed) &+ name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }
        let scale = name.hasSuffix(".bias") ? 0.1 : (3 / Float(shape.dropFirst().reduce(1, *))).squareRoot()
        // A variance is positive.
        let (centre, width): (Float, Float) = name.hasSuffix(".running_var") ? (1, 0.9) : (0, scale)
        return (0..<shape.reduce(1, *)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return centre + width * (Float(state >> 40) / Float(1 << 23) - 1)
        }
    }
}

/// What a layer's weights are once its batch normalisation is folded in.
extension RandomTensors {
    func factors(_ normalization: Layer.BatchNormalization, _ count: Int) throws -> [Double] {
        try zip(
            tensor(normalization.tensors + ".weight", expecting: [count]),
            tensor(normalization.tensors + ".running_var", expecting: [count])
        ).map { Double($0) / (Double($1) + normalization.epsilon).squareRoot() }
    }

    /// In the file's order.
    func weights(_ layer: Layer, shape: [Int]) throws -> [Float] {
        let stored = try tensor("\(layer.tensors ?? layer.name).weight", expecting: shape)
        guard case .convolution(let c) = layer.kind, let normalization = c.batchNormalization else { return stored }
        let factors = try factors(normalization, shape[0])
        let chain = shape.dropFirst().reduce(1, *)
        return stored.enumerated().map { Float(Double($1) * factors[$0 / chain]) }
    }

    func bias(_ layer: Layer, count: Int, hasBias: Bool, normalization: Layer.BatchNormalization?) throws -> [Float] {
        let stored =
            hasBias
            ? try tensor("\(layer.tensors ?? layer.name).bias", expecting: [count])
            : [Float](repeating: 0, count: count)
        guard let normalization else { return stored }
        let factors = try factors(normalization, count)
        let means = try tensor(normalization.tensors + ".running_mean", expecting: [count])
        let shifts = try tensor(normalization.tensors + ".bias", expecting: [count])
        return stored.indices.map {
            Float(Double(shifts[$0]) + (Double(stored[$0]) - Double(means[$0])) * factors[$0])
        }
    }
}

/// The forward pass written the obvious way: dense arrays, one image, the plain loops.
struct PlainNetwork {
    let network: Network
    let tensors: RandomTensors

    /// Activations of `image` (first) and of every layer, [height][width][channels].
    func run(_ pixels: [UInt8]) throws -> [[Float]] {
        let shapes = try network.shapes()
        let normalization = network.normalization
        var activations: [[Float]] = [
            (0..<shapes[0].height * shapes[0].width).flatMap { place in
                normalization.channelOrder.map { normalization.table[$0 * 256 + Int(pixels[place * 3 + $0])] }
            }
        ]
        var index = [Network.image: 0]
        for (number, layer) in network.layers.enumerated() {
            index[layer.name] = number + 1
            let inputs = layer.inputs.map { index[$0]! }
            let (from, to) = (shapes[inputs[0]], shapes[number + 1])
            let input = activations[inputs[0]]
            switch layer.kind {
            case .convolution(let c):
                activations.append(
                    try convolution(
                        layer, input, from, to, c.window, groups: c.groups, c.rectifier, hasBias: c.hasBias,
                        normalization: c.batchNormalization,
                        shape: [
                            c.outputs, from.channels / c.groups, c.window.kernel.height, c.window.kernel.width,
                        ]))
            case .linear(let l):
                activations.append(
                    try convolution(
                        layer, input, from, to, Window(kernel: Sides(height: from.height, width: from.width)),
                        groups: 1, l.rectifier, shape: [l.outputs, from.count]))
            case .affine(let affine):
                let normalization = Layer.BatchNormalization(
                    tensors: layer.tensors ?? layer.name, epsilon: affine.epsilon)
                let factors = try tensors.factors(normalization, from.channels).map { Float($0) }
                let shifts = try tensors.bias(
                    layer, count: from.channels, hasBias: false, normalization: normalization)
                activations.append(
                    input.indices.map {
                        let channel = $0 % from.channels
                        return affine.rectifier.applied(input[$0] * factors[channel] + shifts[channel])
                    })
            case .add(let add):
                activations.append(
                    input.indices.map { place in
                        add.rectifier.applied(
                            inputs.dropFirst().reduce(input[place]) { $0 + activations[$1][place] })
                    })
            case .maxPool(let p):
                var output: [Float] = []
                for y in 0..<to.height {
                    for x in 0..<to.width {
                        let (rows, columns) = p.window.cells(y, x, of: from)
                        for c in 0..<to.channels {
                            output.append(
                                rows.flatMap { y in columns.map { input[(y * from.width + $0) * from.channels + c] } }
                                    .max()!)
                        }
                    }
                }
                activations.append(output)
            case .averagePool(let p):
                activations.append(averages(input, from, to, p.window, countsPadding: p.countsPadding))
            case .localResponseNormalization(let n):
                activations.append(responses(input, from, n))
            case .globalAveragePool:
                activations.append(
                    (0..<from.channels).map { c in
                        var sum: Float = 0
                        for place in 0..<from.height * from.width { sum += input[place * from.channels + c] }
                        return sum / Float(from.height * from.width)
                    })
            case .concatenation:
                activations.append(
                    (0..<to.height * to.width).flatMap { place in
                        inputs.flatMap { part in
                            let channels = shapes[part].channels
                            return Array(activations[part][place * channels..<(place + 1) * channels])
                        }
                    })
            }
        }
        return activations
    }

    private func averages(
        _ input: [Float], _ from: Shape, _ to: Shape, _ window: Window, countsPadding: Bool
    ) -> [Float] {
        let padding = window.padding
        var output: [Float] = []
        for y in 0..<to.height {
            for x in 0..<to.width {
                let (rows, columns) = window.cells(y, x, of: from)
                let top = y * window.stride.height - padding.top
                let left = x * window.stride.width - padding.left
                let padded =
                    (min(top + window.kernel.height, from.height + padding.bottom) - top)
                    * (min(left + window.kernel.width, from.width + padding.right) - left)
                for c in 0..<to.channels {
                    var sum: Float = 0
                    for iy in rows { for ix in columns { sum += input[(iy * from.width + ix) * from.channels + c] } }
                    output.append(sum / Float(countsPadding ? padded : rows.count * columns.count))
                }
            }
        }
        return output
    }

    private func responses(_ input: [Float], _ shape: Shape, _ n: Layer.LocalResponseNormalization) -> [Float] {
        input.indices.map { place in
            let (pixel, channel) = (place / shape.channels * shape.channels, place % shape.channels)
            var sum: Float = 0
            for near in channel - n.size / 2...channel + n.size / 2 where (0..<shape.channels).contains(near) {
                sum.addProduct(input[pixel + near], input[pixel + near])
            }
            let t = n.k.addingProduct(n.alpha / Float(n.size), sum)
            return input[place] / (t.squareRoot() * t.squareRoot().squareRoot())
        }
    }

    /// [out][in][ky][kx] to [out][ky][kx][in].
    static func channelLast(_ weights: [Float], out: Int, channels: Int, area: Int) -> [Float] {
        (0..<out).flatMap { o in
            (0..<area).flatMap { cell in (0..<channels).map { weights[(o * channels + $0) * area + cell] } }
        }
    }

    /// One chain of fused multiply-adds an output, then the bias, then the ReLU.
    private func convolution(
        _ layer: Layer, _ input: [Float], _ from: Shape, _ to: Shape, _ window: Window, groups: Int,
        _ rectifier: Rectifier, hasBias: Bool = true, normalization: Layer.BatchNormalization? = nil, shape: [Int]
    ) throws -> [Float] {
        let (groupIn, groupOut) = (from.channels / groups, to.channels / groups)
        let weights = PlainNetwork.channelLast(
            try tensors.weights(layer, shape: shape), out: to.channels, channels: groupIn, area: window.kernel.area)
        let bias = try tensors.bias(layer, count: to.channels, hasBias: hasBias, normalization: normalization)
        var output: [Float] = []
        for y in 0..<to.height {
            for x in 0..<to.width {
                let (rows, columns) = window.cells(y, x, of: from)
                let top = y * window.stride.height - window.padding.top
                let left = x * window.stride.width - window.padding.left
                for channel in 0..<to.channels {
                    var sum: Float = 0
                    for iy in rows {
                        for ix in columns {
                            let tap = (iy - top) * window.kernel.width + ix - left
                            let weight = (channel * window.kernel.area + tap) * groupIn
                            let first = (iy * from.width + ix) * from.channels + channel / groupOut * groupIn
                            for c in 0..<groupIn { sum.addProduct(weights[weight + c], input[first + c]) }
                        }
                    }
                    sum += bias[channel]
                    output.append(rectifier.applied(sum))
                }
            }
        }
        return output
    }
}

extension Rectifier {
    fileprivate func applied(_ sum: Float) -> Float { isOn ? sum > 0 ? min(sum, ceiling) : 0 : sum }
}

extension Window {
    /// The rows and columns of a map that a window holds.
    func cells(_ y: Int, _ x: Int, of map: Shape) -> (rows: Range<Int>, columns: Range<Int>) {
        func range(_ first: Int, _ length: Int, _ limit: Int) -> Range<Int> {
            let start = min(max(0, first), limit)
            return start..<min(max(start, first + length), limit)
        }
        return (
            range(y * stride.height - padding.top, kernel.height, map.height),
            range(x * stride.width - padding.left, kernel.width, map.width)
        )
    }
}

enum TestNetworks {
    /// What networks of today have: sums of branches and shortcuts with a ReLU, without one and with a ceiling, of two, three
    /// and of one tensor twice; batch normalisation before and after; depthwise, rectangular and unevenly padded windows.
    static let modern = Network(
        name: "modern", inputSize: 41, normalization: .imagenet,
        layers: [
            Layer(
                "stem",
                .convolution(
                    .init(
                        outputs: 20, kernel: 3, stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1),
                        rectifier: .relu6, hasBias: false,
                        batchNormalization: .init(tensors: "stem.bn", epsilon: 0.001))), from: ["image"]),
            Layer(
                "deep",
                .convolution(
                    .init(outputs: 20, kernel: 3, padding: 1, groups: 20, rectifier: .relu6)), from: ["stem"]),
            Layer(
                "branch", .convolution(.init(outputs: 20, kernel: 1, rectifier: .none)), from: ["deep"]),
            Layer("sum", .add(.init(rectifier: .relu)), from: ["branch", "stem"]),
            Layer("norm", .affine(.init(epsilon: 1e-5, rectifier: .relu)), from: ["sum"]),
            Layer(
                "across",
                .convolution(
                    .init(
                        outputs: 20, kernel: Sides(height: 1, width: 5), padding: Padding(height: 0, width: 2),
                        rectifier: .none)), from: ["norm"]),
            Layer(
                "down",
                .convolution(
                    .init(
                        outputs: 20, kernel: Sides(height: 4, width: 1),
                        padding: Padding(top: 1, left: 0, bottom: 2, right: 0), rectifier: .none)), from: ["norm"]),
            Layer("three", .add(.init(rectifier: .none)), from: ["across", "down", "sum"]),
            Layer("twice", .add(.init(rectifier: .init(isOn: true, ceiling: 3))), from: ["three", "three"]),
            Layer(
                "pool",
                .maxPool(
                    .init(
                        kernel: Sides(height: 3, width: 2), stride: Sides(height: 2, width: 1),
                        padding: Padding(top: 1, left: 0, bottom: 0, right: 1))), from: ["twice"]),
            Layer(
                "stride",
                .convolution(
                    .init(
                        outputs: 20, kernel: 5, stride: Sides(height: 1, width: 2),
                        padding: Padding(top: 1, left: 2, bottom: 3, right: 1), groups: 20, rectifier: .none)),
                from: ["pool"]),
            Layer("signed", .affine(.init(epsilon: 0.1, rectifier: .none)), from: ["stride"]),
            Layer(
                "mean",
                .averagePool(
                    .init(
                        kernel: Sides(height: 2, width: 3), stride: 1,
                        padding: Padding(top: 0, left: 1, bottom: 1, right: 1), countsPadding: true)),
                from: ["signed"]),
            Layer("both", .concatenation, from: ["mean", "stride"]),
            Layer(
                "last",
                .convolution(
                    .init(outputs: 24, kernel: 3, padding: 1, groups: 2, rectifier: .init(isOn: true, ceiling: 2))),
                from: ["both"]),
            Layer("g", .globalAveragePool, from: ["last"], bridge: true),
            Layer("f", .linear(.init(outputs: 9, rectifier: .none)), from: ["g"]),
        ],
        readOuts: [
            .init(name: "image", layer: "image"), .init(name: "sum", layer: "sum"), .init(name: "pool", layer: "pool"),
        ])

    /// Every layer kind, branches, a concatenation inside a concatenation, one part that two concatenations read.
    static let branched = Network(
        name: "branched", inputSize: 33, normalization: .caffeBGR,
        layers: [
            Layer("c1", .convolution(.init(outputs: 20, kernel: 5, stride: 2, padding: 2)), from: ["image"]),
            Layer("p1", .maxPool(.init(kernel: 3, stride: 2, ceilMode: true)), from: ["c1"]),
            Layer("a", .convolution(.init(outputs: 8, kernel: 1)), from: ["p1"]),
            Layer("b", .convolution(.init(outputs: 24, kernel: 3, padding: 1, groups: 4)), from: ["p1"]),
            Layer("ab", .concatenation, from: ["a", "b"]),
            Layer("m", .maxPool(.init(kernel: 3, stride: 1, padding: 1)), from: ["ab"]),
            Layer("d", .convolution(.init(outputs: 70, kernel: 3, padding: 1)), from: ["ab"]),
            Layer("abdm", .concatenation, from: ["ab", "d", "m", "a"]),
            Layer("e", .convolution(.init(outputs: 40, kernel: 1)), from: ["abdm"]),
            Layer("g", .globalAveragePool, from: ["e"]),
            Layer("f", .linear(.init(outputs: 11, rectifier: .none)), from: ["g"], bridge: true),
        ],
        readOuts: [.init(name: "image", layer: "image"), .init(name: "p1", layer: "p1")])

    /// AlexNet's form, small: a fully connected layer over a feature map, the bridge, two fully connected ones.
    static let chain = Network(
        name: "chain", inputSize: 47, normalization: .imagenet,
        layers: [
            Layer("features.0", .convolution(.init(outputs: 16, kernel: 11, stride: 4, padding: 2)), from: ["image"]),
            Layer("pool1", .maxPool(.init(kernel: 3, stride: 2)), from: ["features.0"]),
            Layer("features.3", .convolution(.init(outputs: 24, kernel: 5, padding: 2)), from: ["pool1"]),
            Layer("features.6", .convolution(.init(outputs: 20, kernel: 3, padding: 1)), from: ["features.3"]),
            Layer("pool2", .maxPool(.init(kernel: 3, stride: 2)), from: ["features.6"]),
            Layer("classifier.1", .linear(.init(outputs: 90, rectifier: .relu)), from: ["pool2"], bridge: true),
            Layer("classifier.4", .linear(.init(outputs: 70, rectifier: .relu)), from: ["classifier.1"]),
            Layer("classifier.6", .linear(.init(outputs: 13, rectifier: .none)), from: ["classifier.4"]),
        ],
        readOuts: [.init(name: "image", layer: "image"), .init(name: "pool1", layer: "pool1")])

    /// What GoogLeNet and the Caffe forms need besides: batch normalisation with and without a bias, normalised responses
    /// that overwrite their input and ones that must not, averages over windows, padding wider than the kernel.
    static let normalized = Network(
        name: "normalized", inputSize: 39,
        normalization: .init(
            channelOrder: [0, 1, 2], mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5], dividesBy255: true),
        layers: [
            Layer(
                "c1",
                .convolution(
                    .init(
                        outputs: 18, kernel: 5, stride: 2, padding: 2, hasBias: false,
                        batchNormalization: .init(tensors: "c1.bn", epsilon: 0.001))),
                from: ["image"], tensors: "c1.conv"),
            Layer("p1", .maxPool(.init(kernel: 3, stride: 2, ceilMode: true)), from: ["c1"]),
            // Overwrites the pool's output.
            Layer("n1", .localResponseNormalization(.init(size: 5, alpha: 0.5, k: 1)), from: ["p1"]),
            Layer(
                "c2",
                .convolution(
                    .init(
                        outputs: 22, kernel: 3, padding: 1, groups: 2,
                        batchNormalization: .init(tensors: "second", epsilon: 0))),
                from: ["n1"]),
            // Must not: the average below reads the same input.
            Layer("n2", .localResponseNormalization(.init(size: 3, alpha: 2, k: 2)), from: ["c2"]),
            Layer("v1", .averagePool(.init(kernel: 3, stride: 1, padding: 1, countsPadding: true)), from: ["c2"]),
            Layer("both", .concatenation, from: ["n2", "v1"]),
            // Overwrites a layer and lies in a concatenation itself.
            Layer("c3", .convolution(.init(outputs: 20, kernel: 1)), from: ["both"]),
            Layer("n3", .localResponseNormalization(.init(size: 7, alpha: 1, k: 1)), from: ["c3"]),
            Layer("all", .concatenation, from: ["both", "n3"]),
            Layer(
                "v2", .averagePool(.init(kernel: 3, stride: 2, padding: 1, ceilMode: true, countsPadding: false)),
                from: ["all"]),
            Layer("c4", .convolution(.init(outputs: 30, kernel: 1, padding: 2)), from: ["v2"]),
            Layer("g", .globalAveragePool, from: ["c4"], bridge: true),
            Layer("f", .linear(.init(outputs: 12, rectifier: .none)), from: ["g"]),
        ],
        readOuts: [.init(name: "image", layer: "image"), .init(name: "n1", layer: "n1")])

    /// Activations that are not kept, by network.
    static let overwritten: [String: Set<String>] = [
        modern.name: ["branch", "across"]
    ]

    static func picture(side: Int, seed: Int) -> [UInt8] {
        var state = UInt64(truncatingIfNeeded: seed) &* 77_777 &+ 5
        return (0..<side * side * 3).map { place in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8((Int(state >> 57) + (place / 3 % side / 7 + place / 3 / side / 5) % 4 * 42) & 255)
        }
    }
}
