import Bytes
import SelectiveTuning
import Testing

@Suite struct SeededWeightsTests {
    @Test("The generator gives SplitMix64's published numbers")
    func splitMix() {
        var generator = SeededGenerator(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
        ]
        #expect((0..<5).map { _ in generator.next() } == expected)
    }

    @Test("A seed and a name give the same bits on every machine, and others give others")
    func determinism() {
        let values = SeededWeights.fill(seed: 7, tensor: "conv1.weight", shape: [2, 2], fanIn: 27)
        #expect(values.map(\.bitPattern) == [0x3c1b_6488, 0xbd80_1b3f, 0x3d92_8de5, 0x3e98_f67b])
        #expect(SeededWeights.fill(seed: 7, tensor: "conv1.weight", shape: [4], fanIn: 27) == values)
        #expect(SeededWeights.fill(seed: 8, tensor: "conv1.weight", shape: [2, 2], fanIn: 27) != values)
        #expect(SeededWeights.fill(seed: 7, tensor: "conv2.weight", shape: [2, 2], fanIn: 27) != values)
    }

    @Test("Values fill the bound evenly, with He's variance, and none is zero")
    func distribution() {
        let values = SeededWeights.fill(seed: 3, tensor: "w", shape: [100_000], fanIn: 24)
        #expect(values.allSatisfy { abs($0) <= 0.5 && $0 != 0 })
        #expect(values.max()! > 0.4999 && values.min()! < -0.4999)
        let mean = values.reduce(0.0) { $0 + Double($1) } / 100_000
        let variance = values.reduce(0.0) { $0 + Double($1) * Double($1) } / 100_000
        #expect(abs(mean) < 0.004)
        #expect(abs(variance - 2.0 / 24) < 0.002)
    }
}
