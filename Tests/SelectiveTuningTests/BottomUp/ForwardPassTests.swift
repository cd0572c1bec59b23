import CKernels
import SelectiveTuning
import Testing

private let availableISAs: [ck_isa] = [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON].filter {
    ck_isa_available($0) != 0
}

@Suite struct ForwardPassTests {
    @Test(arguments: [TestNetworks.branched, TestNetworks.chain, TestNetworks.normalized, TestNetworks.modern])
    func everyActivationHasTheBitsOfThePlainNetwork(network: Network) throws {
        let tensors = RandomTensors(seed: 3)
        let pictures = (0..<6).map {
            Picture(pixels: TestNetworks.picture(side: network.inputSize, seed: $0), label: 1)
        }
        let plain = try pictures.map { try PlainNetwork(network: network, tensors: tensors).run($0.pixels) }
        let names = [Network.image] + network.layers.map(\.name)
        for isa in availableISAs {
            for (threads, batch) in [(1, 5), (3, 4), (3, 6)] {
                let backend = try CPUBackend(
                    network: network, source: tensors, pool: try ThreadPool(threads: threads), batch: batch, isa: isa)
                backend.forwardOnly(Array(pictures.prefix(batch)))
                for image in 0..<batch {
                    for (number, name) in names.enumerated() {
                        if TestNetworks.overwritten[network.name]?.contains(name) == true {
                            #expect(backend.activations(of: name, image: image) == nil)
                            continue
                        }
                        let found = try #require(backend.activations(of: name, image: image), "\(name)")
                        #expect(found.map(\.bitPattern) == plain[image][number].map(\.bitPattern), "\(name)")
                    }
                }
                // Once more with fewer pictures: what the last batch left behind must not matter.
                backend.forwardOnly([pictures[4]])
                #expect(backend.outputs(image: 0).map(\.bitPattern) == plain[4].last!.map(\.bitPattern))
            }
        }
    }

    @Test func aTensorOfTheWrongShapeIsReportedByItsSource() throws {
        struct Missing: TensorSource {
            struct Failure: Error {}
            func tensor(_ name: String, expecting shape: [Int]) throws -> [Float] { throw Failure() }
        }
        #expect(throws: Missing.Failure.self) {
            _ = try CPUBackend(network: TestNetworks.chain, source: Missing(), pool: try ThreadPool(threads: 1))
        }
    }
}
