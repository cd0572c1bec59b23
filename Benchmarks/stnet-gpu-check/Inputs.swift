import SelectiveTuning

/// Weights from the project's generator, made when they are asked for.
struct SeededTensors: TensorSource {
    private let tensors: [String: TensorSpecification]

    init(_ network: Network) throws {
        tensors = Dictionary(try network.tensors().map { ($0.name, $0) }) { first, _ in first }
    }

    func tensor(_ name: String, expecting shape: [Int]) -> [Float] { SeededWeights.fill(seed: 1, tensors[name]!) }
}

/// Blocks of random colours under noise.
func generatedPictures(_ network: Network, _ count: Int) throws -> [Picture] {
    let classes = try network.shapes().last!.channels
    let side = network.inputSize
    return (0..<count).map { number in
        var state = UInt64(number + 1)
        func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state >> 33
        }
        let block = max(2, side / 9)
        let blocks = side / block + 1
        let colours = (0..<blocks * blocks * 3).map { _ in Int(next() % 200) }
        let pixels = (0..<side * side * 3).map { place in
            let (y, x, channel) = (place / 3 / side, place / 3 % side, place % 3)
            return UInt8(colours[(y / block * blocks + x / block) * 3 + channel] + Int(next() % 56))
        }
        return Picture(pixels: pixels, label: number * 37 % classes)
    }
}
