/// The numbers of a linear congruential generator: the same in every run.
struct TestNumbers {
    private var state: UInt64
    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
    mutating func one<T>(of choices: [T]) -> T { choices[below(choices.count)] }

    /// In (-1, 1), all 24 bits of the significand used.
    mutating func signed() -> Float { Float(Int(next() & 0xFF_FFFF) - 0x80_0000) / Float(0x80_0000) }

    /// What is hard on an implementation: both zeros, denormals, products that become denormal or vanish, and the rest.
    mutating func awkward() -> Float {
        let value = signed()
        switch below(8) {
        case 0: return 0
        case 1: return -0.0
        case 2: return value * Float.leastNormalMagnitude
        case 3: return value * 1e-20
        case 4: return value * 1e6
        default: return value
        }
    }
}
