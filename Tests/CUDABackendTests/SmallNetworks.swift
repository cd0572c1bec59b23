import SelectiveTuning
import Testing

extension Network: CustomTestStringConvertible {
    public var testDescription: String { name }
}

/// Networks that are small enough for an emulated device and have every kind of layer between them.
enum SmallNetworks {
    /// AlexNet's form: a fully connected layer over a map, the bridge, two fully connected layers, normalised responses
    /// that overwrite their input.
    static let chain = Network(
        name: "chain", inputSize: 16, normalization: .caffeBGR,
        layers: [
            Layer("c1", .convolution(.init(outputs: 12, kernel: 5, stride: 2, padding: 2)), from: ["image"]),
            Layer("n1", .localResponseNormalization(.init(size: 5, alpha: 0.5, k: 1)), from: ["c1"]),
            Layer("p1", .maxPool(.init(kernel: 3, stride: 2, ceilMode: true)), from: ["n1"]),
            Layer("c2", .convolution(.init(outputs: 20, kernel: 3, padding: 1, groups: 2)), from: ["p1"]),
            Layer("f1", .linear(.init(outputs: 34, rectifier: .relu)), from: ["c2"], bridge: true),
            Layer("f2", .linear(.init(outputs: 21, rectifier: .relu)), from: ["f1"]),
            Layer("f3", .linear(.init(outputs: 9, rectifier: .none)), from: ["f2"]),
        ],
        readOuts: [.init(name: "image", layer: "image"), .init(name: "p1", layer: "p1")])

    /// GoogLeNet's and SqueezeNet's: branches, concatenations inside of one another with parts that are copied, averages
    /// over windows and over the map, 1x1 convolutions, a read-out below which something else has gating too.
    static let branched = Network(
        name: "branched", inputSize: 16, normalization: .imagenet,
        layers: [
            Layer("c1", .convolution(.init(outputs: 10, kernel: 3, stride: 2)), from: ["image"]),
            Layer("p1", .maxPool(.init(kernel: 3, stride: 2, ceilMode: true)), from: ["c1"]),
            Layer("a", .convolution(.init(outputs: 8, kernel: 1)), from: ["p1"]),
            Layer("b", .convolution(.init(outputs: 12, kernel: 3, padding: 1)), from: ["p1"]),
            Layer("ab", .concatenation, from: ["a", "b"]),
            Layer("m", .maxPool(.init(kernel: 3, stride: 1, padding: 1)), from: ["ab"]),
            Layer("v", .averagePool(.init(kernel: 3, stride: 1, padding: 1, countsPadding: true)), from: ["ab"]),
            Layer("n", .localResponseNormalization(.init(size: 3, alpha: 1, k: 2)), from: ["ab"]),
            Layer("all", .concatenation, from: ["ab", "v", "m", "a", "n"]),
            Layer("e", .convolution(.init(outputs: 16, kernel: 1)), from: ["all"]),
            Layer("unread", .convolution(.init(outputs: 4, kernel: 1)), from: ["all"]),
            Layer(
                "w", .averagePool(.init(kernel: 2, stride: 2, ceilMode: true, countsPadding: false)), from: ["e"]),
            Layer("g", .globalAveragePool, from: ["w"], bridge: true),
            Layer("f", .linear(.init(outputs: 7, rectifier: .none)), from: ["g"]),
        ],
        readOuts: [
            .init(name: "image", layer: "image"), .init(name: "p1", layer: "p1"), .init(name: "b", layer: "b"),
            .init(name: "f", layer: "f"),
        ])

    /// ResNet's, MobileNet's and Inception's: sums with and without a ReLU and a ceiling, of two and of three, one whose
    /// first input is kept and two that overwrite theirs, batch normalisation that stands alone, depthwise, rectangular
    /// and unevenly padded windows.
    static let modern = Network(
        name: "modern", inputSize: 17, normalization: .imagenet,
        layers: [
            Layer(
                "stem",
                .convolution(
                    .init(
                        outputs: 12, kernel: 3, stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1),
                        rectifier: .relu6)), from: ["image"]),
            Layer("deep", .convolution(.init(outputs: 12, kernel: 3, padding: 1, groups: 12)), from: ["stem"]),
            Layer("branch", .convolution(.init(outputs: 12, kernel: 1, rectifier: .none)), from: ["deep"]),
            Layer("sum", .add(.init(rectifier: .relu)), from: ["branch", "stem"]),
            Layer("norm", .affine(.init(epsilon: 1e-5, rectifier: .relu)), from: ["sum"]),
            Layer(
                "across",
                .convolution(
                    .init(
                        outputs: 12, kernel: Sides(height: 1, width: 5), padding: Padding(height: 0, width: 2),
                        rectifier: .none)), from: ["norm"]),
            Layer(
                "down",
                .convolution(
                    .init(
                        outputs: 12, kernel: Sides(height: 4, width: 1),
                        padding: Padding(top: 1, left: 0, bottom: 2, right: 0), rectifier: .none)), from: ["norm"]),
            Layer("three", .add(.init(rectifier: .none)), from: ["across", "down", "sum"]),
            Layer("twice", .add(.init(rectifier: .init(isOn: true, ceiling: 2))), from: ["three", "three"]),
            Layer(
                "pool",
                .maxPool(
                    .init(
                        kernel: Sides(height: 3, width: 2), stride: Sides(height: 2, width: 1),
                        padding: Padding(top: 1, left: 0, bottom: 0, right: 1))), from: ["twice"]),
            Layer(
                "mean",
                .averagePool(
                    .init(
                        kernel: Sides(height: 2, width: 3), stride: 1,
                        padding: Padding(top: 0, left: 1, bottom: 1, right: 1), countsPadding: true)),
                from: ["three"]),
            Layer(
                "wide",
                .convolution(
                    .init(
                        outputs: 12, kernel: 5, stride: Sides(height: 2, width: 1),
                        padding: Padding(top: 1, left: 2, bottom: 3, right: 2), groups: 12, rectifier: .none)),
                from: ["mean"]),
            Layer("both", .concatenation, from: ["wide", "pool"]),
            Layer("last", .convolution(.init(outputs: 14, kernel: 3, padding: 1)), from: ["both"]),
            Layer("g", .globalAveragePool, from: ["last"], bridge: true),
            Layer("f", .linear(.init(outputs: 7, rectifier: .none)), from: ["g"]),
        ],
        readOuts: [
            .init(name: "image", layer: "image"), .init(name: "sum", layer: "sum"),
            .init(name: "three", layer: "three"),
        ])

    /// A network of the catalogue with a share of its channels over smaller pictures: its layers, their kernels and
    /// their order are the same.
    static func shrunk(_ name: String, side: Int, by divisor: Int) throws -> Network {
        var network = try NetworkCatalog.network(named: name)
        network.inputSize = side
        for number in network.layers.indices {
            switch network.layers[number].kind {
            case .convolution(var convolution) where convolution.groups == convolution.outputs:
                convolution.outputs = max(1, convolution.outputs / divisor)
                convolution.groups = convolution.outputs
                network.layers[number].kind = .convolution(convolution)
            case .convolution(var convolution):
                let each = max(1, convolution.outputs / convolution.groups / divisor)
                convolution.outputs = each * convolution.groups
                network.layers[number].kind = .convolution(convolution)
            case .linear(var linear):
                linear.outputs /= divisor
                network.layers[number].kind = .linear(linear)
            default: break
            }
        }
        return network
    }

    static func pictures(_ network: Network, _ count: Int, seed: Int = 1) throws -> [Picture] {
        let classes = try network.shapes().last!.channels
        return (0..<count).map { number in
            var state = UInt64(truncatingIfNeeded: seed * 1000 + number) &* 77_777 &+ 5
            let side = network.inputSize
            let pixels = (0..<side * side * 3).map { place in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8((Int(state >> 58) + (place / 3 % side / 5 + place / 3 / side / 4) % 4 * 48) & 255)
            }
            return Picture(pixels: pixels, label: number % classes)
        }
    }
}

/// Weights from the project's generator.
struct SeededTensors: TensorSource {
    private let tensors: [String: TensorSpecification]
    private let scale: Float

    /// `scale` multiplies all of them.
    init(_ network: Network, scale: Float = 1) throws {
        tensors = Dictionary(try network.tensors().map { ($0.name, $0) }) { first, _ in first }
        self.scale = scale
    }

    func tensor(_ name: String, expecting shape: [Int]) -> [Float] {
        SeededWeights.fill(seed: 7, tensors[name]!).map { $0 * scale }
    }
}

/// Everything of a finding that could differ, its map in ascending order.
struct FindingBits: Equatable {
    let top5: [Int]
    let scores: [UInt32]
    let box: Box
    let isEmpty: Bool
    let counts: [Int64]
    /// Of the map that is there, the hypothesis before the box's; sorted.
    var entries: [[Int64]]

    init(_ finding: Finding) {
        top5 = finding.top5
        scores = finding.scores.map(\.bitPattern)
        box = finding.box
        isEmpty = finding.isEmpty
        counts = [finding.droppedMass, finding.ties, finding.ineligible]
        let map = finding.hypothesis ?? finding.map
        entries = (map?.entries ?? []).map { [Int64($0.index), $0.value] }.sorted { $0[0] < $1[0] }
    }

    var withoutMap: FindingBits {
        var bits = self
        bits.entries = []
        return bits
    }
}

extension CUDABackend {
    /// What it finds with the map of the box's read-out; and that it finds the same without, which is another way.
    func found(_ pictures: [Picture], options: LocalizationOptions) throws -> [FindingBits] {
        let bare = try evaluate(pictures, options: options).map(FindingBits.init)
        let mapped = try evaluate(pictures, options: options, precision: .exact, mapReadOut: options.readOut).map(
            FindingBits.init)
        #expect(bare.map(\.withoutMap) == mapped.map(\.withoutMap))
        return mapped
    }
}
