import Bytes

/// Pseudo-random weights that are the same on every machine.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var numbers: SplitMix64

    public init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    public mutating func next() -> UInt64 { numbers.next() }

    /// Uniform over 2^24 values, symmetric around zero, never zero, below 1 in magnitude.
    public mutating func nextSigned() -> Float {
        // The top 24 bits as an odd number between -2^24 and 2^24: exact in float32.
        let odd = Int32(truncatingIfNeeded: next() >> 40) * 2 - 0xff_ffff
        return Float(odd) * 0x1p-24
    }
}
