import Bytes

/// A seeded generator of integers.
///
/// The demo's pictures use nothing else, so that a seed names the same pixels on every machine and with every
/// standard library.
struct DemoRandom: Sendable {
    private var numbers: SplitMix64

    init(seed: UInt64) { numbers = SplitMix64(seed: seed) }

    /// An independent stream for one item of a seeded sequence: item `index` does not depend on how many
    /// items there are.
    init(seed: UInt64, index: Int, stream: UInt64) {
        var mixer = SplitMix64(seed: seed)
        let first = mixer.next()
        var second = SplitMix64(seed: first ^ (UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15))
        numbers = SplitMix64(seed: second.next() &+ stream &* 0xD1B5_4A32_D192_ED03)
    }

    mutating func next() -> UInt64 { numbers.next() }

    /// An integer of the closed range. The bias of the multiplication is below range / 2^64.
    mutating func integer(_ range: ClosedRange<Int>) -> Int {
        let width = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int(next().multipliedFullWidth(by: width).high)
    }

    /// True in `share` of a hundred draws.
    mutating func percent(_ share: Int) -> Bool {
        integer(0...99) < share
    }

    mutating func element<Element>(_ elements: [Element]) -> Element {
        elements[integer(0...elements.count - 1)]
    }

    mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
        var result = elements
        for last in stride(from: result.count - 1, to: 0, by: -1) {
            result.swapAt(last, integer(0...last))
        }
        return result
    }
}

/// Division that rounds towards minus infinity; the divisor is positive.
func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    let quotient = dividend / divisor
    return dividend % divisor < 0 ? quotient - 1 : quotient
}
