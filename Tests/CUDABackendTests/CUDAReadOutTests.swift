import SelectiveTuning
import Testing

/// Boxes that the device finds, boxes of lists that it makes, and a second read-out in the same pass.
@Suite struct CUDAReadOutTests {
    static let networks = [SmallNetworks.chain, SmallNetworks.branched, SmallNetworks.modern]

    private func backends(_ network: Network) throws -> (cpu: CPUBackend, gpus: [CUDABackend]) {
        let pool = try ThreadPool(threads: 1)
        let cpu = try CPUBackend(network: network, source: try SeededTensors(network), pool: pool, batch: 8)
        let gpus = try Way.allCases.map {
            try CUDABackend(
                network: network, source: try SeededTensors(network),
                device: try EmulatedDriver(["LAZY": $0 == .ptx ? 1 : 2], $0).device(),
                pool: pool, batch: 4)
        }
        return (cpu, gpus)
    }

    static let boxes: [BoxOptions] =
        [.sum, .max].flatMap { collapse in
            [
                BoxOptions(collapse: collapse, prune: .mean), BoxOptions(collapse: collapse, prune: .meanAll),
                BoxOptions(collapse: collapse, prune: .mean, meanMultiplier: 1.7, margin: 0.1),
                BoxOptions(collapse: collapse, prune: .mean, meanMultiplier: 1e9),
                BoxOptions(collapse: collapse, prune: .mean, meanMultiplier: 0.5, stdMultiplier: 0.5),
                BoxOptions(collapse: collapse, prune: .meanAll, stdMultiplier: 1),
                BoxOptions(collapse: collapse, prune: .percentile), BoxOptions(collapse: collapse, prune: .energy),
                BoxOptions(collapse: collapse, prune: .none), BoxOptions(collapse: collapse, rule: .mass, mass: 0.9),
                BoxOptions(collapse: collapse, rule: .mass, mass: 0),
                BoxOptions(collapse: collapse, rule: .mass, mass: 1),
                BoxOptions(collapse: collapse, prune: .none, rule: .component, componentBlur: 2),
            ]
        }

    @Test(arguments: networks) func everyRuleOfBoxesIsTheCPUs(network: Network) throws {
        let (cpu, gpus) = try backends(network)
        let pictures = try SmallNetworks.pictures(network, 5)
        var boxes = Set<Box>()
        for readOut in [network.readOuts.first!, network.readOuts.last!].map(\.name) {
            for box in Self.boxes {
                let options = LocalizationOptions(classSource: .predicted, readOut: readOut, box: box)
                let expected = try cpu.evaluate(pictures, options: options).map(FindingBits.init)
                boxes.formUnion(expected.map(\.box))
                for gpu in gpus { #expect(try gpu.found(pictures, options: options) == expected, "\(box) \(readOut)") }
            }
        }
        #expect(boxes.count > 5, "the test must not be empty")
    }

    /// At, above and below the place of the box, with boxes of both ways; the counts are those of the box's place.
    @Test(arguments: networks) func aSecondMapIsOfTheSamePass(network: Network) throws {
        let (cpu, gpus) = try backends(network)
        let pictures = try SmallNetworks.pictures(network, 5)
        for box in network.readOuts.map(\.name) {
            for prune in [Prune.mean, .percentile] {
                let options = LocalizationOptions(
                    classSource: .predicted, readOut: box, box: BoxOptions(prune: prune))
                for second in network.readOuts.map(\.name) {
                    let expected = try cpu.evaluate(
                        pictures, options: options, precision: .exact, mapReadOut: second
                    ).map(FindingBits.init)
                    #expect(expected.contains { !$0.entries.isEmpty })
                    for gpu in gpus {
                        let found = try gpu.evaluate(
                            pictures, options: options, precision: .exact, mapReadOut: second)
                        #expect(found.map(FindingBits.init) == expected, "\(box), \(second)")
                        #expect(found.allSatisfy { $0.map == nil })
                    }
                }
            }
        }
        #expect(
            throws: NetworkError.unknownReadOut(name: "p9", network: network.name, known: network.readOuts.map(\.name))
        ) {
            _ = try gpus[0].evaluate(pictures, options: LocalizationOptions(), precision: .exact, mapReadOut: "p9")
        }
    }
}
