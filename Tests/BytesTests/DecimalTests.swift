import Foundation
import Testing

@testable import Bytes

@Suite struct DecimalTests {
    @Test func roundsHalvesUp() {
        #expect(decimal(0.25, places: 1) == "0.3" && decimal(12.25, places: 1) == "12.3")
        #expect(decimal(0, places: 0) == "0" && decimal(0.5, places: 0) == "1" && decimal(9.999, places: 2) == "10.00")
        #expect(decimal(.nan, places: 1) == "nan" && decimal(-1, places: 1) == "-1.0")
    }

    /// The C library rounds the exact value: the same wherever that is no tie.
    @Test func isTheCLibrarysText() {
        var generator = SplitMix64(seed: 5)
        for _ in 0..<2000 {
            let value = Double(generator.next() % 1_000_000) / 997
            for places in 0...4 { #expect(decimal(value, places: places) == String(format: "%.\(places)f", value)) }
        }
    }
}
