import Coordinator
import SelectiveTuning
import Testing

/// How large the counts of a result can be.
@Suite struct ResultLimitsTests {
    @Test func unitsAndConnectionsOfASmallNetwork() throws {
        let network = Network(
            name: "small", inputSize: 8, normalization: Network.alexnet.normalization,
            layers: [
                .init("conv", .convolution(.init(outputs: 4, kernel: 3, padding: 1)), from: [Network.image]),
                .init("pool", .maxPool(.init(kernel: 2, stride: 2)), from: ["conv"]),
                .init("fc", .linear(.init(outputs: 10, rectifier: .none)), from: ["pool"]),
            ], readOuts: [])
        let limits = try ResultLimits(network)
        #expect(limits.ties == 8 * 8 * 4 + 4 * 4 * 4 + 10)
        #expect(limits.ineligible == 8 * 8 * 4 * 27 + 4 * 4 * 4 * 4 + 10 * 64)
    }

    /// A million images of the largest published network stay far from an overflow.
    @Test func theCatalogsNetworks() throws {
        for network in [Network.alexnet, .googlenet, .vgg16] {
            let limits = try ResultLimits(network)
            #expect(limits.ties > 100_000 && limits.ineligible < Int64.max / 100_000_000, "\(network.name)")
        }
    }
}
