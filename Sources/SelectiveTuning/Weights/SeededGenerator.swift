/// Pseudo-random numbers that are the same on every machine: SplitMix64 (Steele, Lea and Flood, "Fast Splittable
/// Pseudorandom Number Generators", OOPSLA 2014). Not for secrets.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// Uniform over 2^24 values, symmetric around zero, never zero, below 1 in magnitude.
    public mutating func nextSigned() -> Float {
        // The top 24 bits as an odd number between -2^24 and 2^24: exact in float32.
        let odd = Int32(truncatingIfNeeded: next() >> 40) * 2 - 0xff_ffff
        return Float(odd) * 0x1p-24
    }
}
