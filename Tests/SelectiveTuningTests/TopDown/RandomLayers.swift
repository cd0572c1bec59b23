import Bytes
/// Random layers that visit what is special: zeros, ties, negative activities, tiny and huge products.
struct RandomValues {
    enum Kind: CaseIterable { case smooth, quantised, sparse, tiny, huge, spread, constant }

    var generator: SplitMix64

    init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    mutating func int(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &generator) < share }

    mutating func kind() -> Kind { Kind.allCases.randomElement(using: &generator)! }

    mutating func weights(_ count: Int, _ kind: Kind) -> [Float] {
        let shift = Float.random(in: -0.5...0.8, using: &generator)
        return (0..<count).map { _ in
            switch kind {
            case .smooth, .sparse: Float.random(in: -1...1, using: &generator) + shift
            case .quantised: Float(Int.random(in: -4...6, using: &generator)) * 0.25
            case .tiny: Float.random(in: -0.01...0.02, using: &generator)
            case .huge: Float.random(in: -1...2, using: &generator) * 300
            case .spread: Float(sign: chance(0.3) ? .minus : .plus, exponent: int(-20...3), significand: 1.25)
            case .constant: 0.5
            }
        }
    }

    mutating func activities(_ count: Int, _ kind: Kind) -> [Float] {
        let zeros = Double.random(in: 0...0.9, using: &generator)
        let hasNegatives = chance(0.2)
        return (0..<count).map { _ in
            if chance(zeros) { return 0 }
            let value: Float =
                switch kind {
                case .smooth, .sparse: Float.random(in: 0...3, using: &generator)
                case .quantised: Float(Int.random(in: 0...3, using: &generator)) * 0.5
                case .tiny: Float.random(in: 0...0.05, using: &generator)
                case .huge: Float.random(in: 0...1000, using: &generator)
                case .spread: Float(sign: .plus, exponent: int(-20...10), significand: 1)
                case .constant: 1
                }
            return hasNegatives && chance(0.5) ? -value : value
        }
    }

    /// Some units active; now and then one with negative gating.
    mutating func gating(_ count: Int, active: Double) -> [Int64] {
        let allPositive = chance(0.8)
        return (0..<count).map { _ in
            guard chance(active) else { return 0 }
            let value = Int64.random(in: 1...(1 << 44), using: &generator)
            return allPositive || chance(0.7) ? value : -value
        }
    }

    mutating func convolution() -> LayerShape {
        var shape = LayerShape()
        let kernels = [
            (1, 1), (2, 2), (3, 3), (3, 3), (5, 5), (6, 6), (7, 7), (11, 11), (12, 12), (1, 7), (5, 2), (9, 8),
        ]
        (shape.kernelHeight, shape.kernelWidth) = kernels.randomElement(using: &generator)!
        shape.groups = [1, 1, 1, 2, 3].randomElement(using: &generator)!
        let cells = shape.kernelHeight * shape.kernelWidth
        shape.channels = shape.groups * int(1...(cells == 1 ? 70 : cells < 30 ? 35 : 5))
        shape.outChannels = shape.groups * int(1...4)
        if chance(0.2) {
            // Depthwise, with one or two outputs for each channel.
            shape.groups = int(1...40)
            shape.channels = shape.groups
            shape.outChannels = shape.groups * int(1...2)
        }
        shape.padY = int(0...(shape.kernelHeight / 2 + 1))
        shape.padX = int(0...(shape.kernelWidth / 2 + 1))
        if chance(0.3) { (shape.padBelow, shape.padBeside) = (int(0...2), int(0...2)) }
        shape.height = int(max(shape.kernelHeight - 2 * shape.padY, 1)...(shape.kernelHeight + 4))
        shape.width = int(max(shape.kernelWidth - 2 * shape.padX, 1)...(shape.kernelWidth + 4))
        shape.strideY = int(1...3)
        shape.strideX = int(1...3)
        return shape
    }

    mutating func pool() -> LayerShape {
        var shape = LayerShape()
        (shape.kernelHeight, shape.kernelWidth) = (int(1...4), int(1...4))
        shape.channels = int(1...6)
        shape.padY = int(0...(shape.kernelHeight / 2))
        shape.padX = int(0...(shape.kernelWidth / 2))
        if chance(0.3) { (shape.padBelow, shape.padBeside) = (int(0...2), int(0...2)) }
        shape.height = int(shape.kernelHeight...12)
        shape.width = int(shape.kernelWidth...12)
        shape.strideY = int(1...3)
        shape.strideX = int(1...3)
        shape.isCeiling = chance(0.5)
        return shape
    }
}
