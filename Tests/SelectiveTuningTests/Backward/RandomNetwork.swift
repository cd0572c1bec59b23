import Bytes
import SelectiveTuning

extension TestNetworks {
    /// Some layers of any kinds over a small picture: windows that step over cells, padding wider than kernels, groups,
    /// layers that several read and some that nothing reads.
    static func random(seed: Int) -> Network {
        var random = RandomValues(seed: UInt64(seed))
        var network = Network(
            name: "random \(seed)", inputSize: random.int(5...14), normalization: .imagenet, layers: [], readOuts: [])
        var shapes = [Shape(height: network.inputSize, width: network.inputSize, channels: 3)]
        var names = [Network.image]
        func add(_ kind: Layer.Kind, from places: [Int]) {
            let layer = Layer("l\(names.count)", kind, from: places.map { names[$0] })
            var trial = network
            // `shapes()` wants a 1x1 end: its own check of each layer comes first.
            trial.layers = network.layers + [layer, Layer("end", .globalAveragePool, from: [layer.name])]
            guard let found = try? trial.shapes() else { return }
            network.layers.append(layer)
            shapes.append(found[found.count - 2])
            names.append(layer.name)
        }
        while network.layers.count < 9 {
            // Mostly of the layers just made, so that the way down is long.
            let place = max(0, shapes.count - 1 - random.int(0...2))
            let shape = shapes[place]
            let same = shapes.indices.filter { shapes[$0] == shape }
            let beside = shapes.indices.filter { shapes[$0].height == shape.height && shapes[$0].width == shape.width }
            switch random.int(0...10) {
            case 0...3: add(random.convolution(over: shape), from: [place])
            case 4:
                add(
                    .maxPool(
                        .init(
                            kernel: random.sides(1...4), stride: random.sides(1...3), padding: random.padding(0...2),
                            ceilMode: random.chance(0.5))), from: [place])
            case 5:
                add(
                    .averagePool(
                        .init(
                            kernel: random.sides(1...4), stride: random.sides(1...3), padding: random.padding(0...2),
                            ceilMode: random.chance(0.5), countsPadding: random.chance(0.5))), from: [place])
            case 6:
                add(
                    .localResponseNormalization(
                        .init(size: random.int(0...3) * 2 + 1, alpha: random.chance(0.5) ? 1 : 0.01, k: 1)),
                    from: [place])
            case 7: add(.affine(.init(epsilon: 0.01, rectifier: random.rectifier())), from: [place])
            case 8:
                let others = (0..<random.int(1...3)).map { _ in same[random.int(0...same.count - 1)] }
                add(.add(.init(rectifier: random.rectifier())), from: [place] + others)
            case 9:
                let others = (0..<random.int(0...2)).map { _ in beside[random.int(0...beside.count - 1)] }
                add(.concatenation, from: [place] + others)
            default: add(.globalAveragePool, from: [place])
            }
        }
        let features = names.count - 1
        if random.chance(0.5) { add(.globalAveragePool, from: [features]) }
        add(.linear(.init(outputs: 20, rectifier: random.rectifier())), from: [names.count - 1])
        add(.linear(.init(outputs: 6, rectifier: .none)), from: [names.count - 1])
        return network
    }
}

extension RandomValues {
    mutating func sides(_ range: ClosedRange<Int>) -> Sides { Sides(height: int(range), width: int(range)) }

    mutating func padding(_ range: ClosedRange<Int>) -> Padding {
        Padding(top: int(range), left: int(range), bottom: int(range), right: int(range))
    }

    mutating func rectifier() -> Rectifier {
        chance(0.4) ? .none : chance(0.5) ? .relu : Rectifier(isOn: true, ceiling: 0.75)
    }

    fileprivate mutating func convolution(over shape: Shape) -> Layer.Kind {
        let outputs = [4, 6, 8, 16, 24][int(0...4)]
        let groups = [1, 1, shape.channels, 2][int(0...3)]
        let depthwise = groups == shape.channels && chance(0.7)
        return .convolution(
            .init(
                outputs: depthwise ? shape.channels : groups == shape.channels ? 2 * shape.channels : outputs,
                kernel: chance(0.3) ? Sides(1) : sides(1...5), stride: chance(0.5) ? 1 : sides(1...4),
                padding: chance(0.4) ? 0 : padding(0...3), groups: groups, rectifier: rectifier(),
                hasBias: chance(0.8)))
    }
}
