import SelectiveTuning

/// Small networks of random layers: every kind of layer, in shapes that end inside of tiles, vectors and words.
struct RandomNetwork {
    private var state: UInt64

    init(seed: Int) { state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    private mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
    }

    private mutating func one<Value>(of values: [Value]) -> Value { values[below(values.count)] }

    /// `largest`: side of its input at the most.
    static func network(seed: Int, largest: Int) -> Network {
        var attempt = 0
        while true {
            var random = RandomNetwork(seed: seed + attempt * 1_000_003)
            let network = random.make("random \(seed)", largest: largest)
            if (try? network.shapes()) != nil { return network }
            attempt += 1
        }
    }

    private mutating func make(_ name: String, largest: Int) -> Network {
        let side = 10 + below(max(1, largest - 9))
        var layers = [Layer("c", convolution(groups: 1), from: ["image"])]
        var last = "c"
        for number in 0..<1 + below(3) {
            let name = "l\(number)"
            switch below(7) {
            case 0, 1: layers.append(Layer(name, convolution(groups: one(of: [1, 1, 2])), from: [last]))
            case 2: layers.append(Layer(name, .maxPool(pooling()), from: [last]))
            case 3: layers.append(Layer(name, .averagePool(averages()), from: [last]))
            case 4:
                layers.append(
                    Layer(
                        name,
                        .localResponseNormalization(
                            .init(size: one(of: [1, 3, 5]), alpha: one(of: [0.01, 1]), k: one(of: [1, 2]))),
                        from: [last]))
            default:
                layers += [
                    Layer(name + "a", .convolution(.init(outputs: 1 + below(40), kernel: 1)), from: [last]),
                    Layer(name + "b", .convolution(.init(outputs: 8, kernel: 3, padding: 1)), from: [last]),
                    Layer(name, .concatenation, from: [name + "a", last, name + "b"]),
                ]
            }
            last = name
        }
        if below(2) == 0 {
            layers.append(Layer("g", .globalAveragePool, from: [last], bridge: true))
        } else {
            layers.append(
                Layer("g", .linear(.init(outputs: 20 + below(60), rectifier: .relu)), from: [last], bridge: true))
        }
        layers.append(Layer("f", .linear(.init(outputs: 5 + below(30), rectifier: .none)), from: ["g"]))
        return Network(
            name: name, inputSize: side, normalization: one(of: [.imagenet, .caffeBGR]), layers: layers,
            readOuts: [.init(name: "image", layer: "image"), .init(name: "c", layer: "c")])
    }

    /// Channels are even, so that two groups divide them.
    private mutating func convolution(groups: Int) -> Layer.Kind {
        let kernel = one(of: [1, 1, 3, 3, 5, 7, 11])
        return .convolution(
            .init(
                outputs: 2 * one(of: [3, 8, 16, 17, 32, 33, 66]), kernel: Sides(kernel), stride: Sides(1 + below(2)),
                padding: Padding(below(kernel / 2 + 2)), groups: groups, rectifier: below(4) != 0 ? .relu : .none))
    }

    private mutating func pooling() -> Layer.MaxPool {
        let kernel = one(of: [2, 3, 3, 5])
        return .init(
            kernel: Sides(kernel), stride: Sides(1 + below(2)), padding: Padding(below(kernel / 2 + 1)),
            ceilMode: below(2) == 0)
    }

    private mutating func averages() -> Layer.AveragePool {
        let pool = pooling()
        return .init(
            kernel: pool.window.kernel, stride: pool.window.stride, padding: pool.window.padding,
            ceilMode: pool.ceilMode, countsPadding: below(2) == 0)
    }
}
