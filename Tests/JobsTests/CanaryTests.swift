import Bytes
import Dataset
import Evaluation
import Foundation
import SelectiveTuning
import Testing

@testable import Jobs

@Suite struct CanaryTests {
    private static let network = """
        {"name": "small", "input": {"size": 48}, "classes": ["a", "b", "c"],
         "layers": [
          {"name": "c1", "kind": "convolution", "out": 12, "kernel": 7, "stride": 2, "padding": 3, "relu": true},
          {"name": "p1", "kind": "maxPool", "kernel": 3, "stride": 2},
          {"name": "f1", "kind": "linear", "out": 30, "relu": true, "bridge": true},
          {"name": "f2", "kind": "linear", "out": 3}],
         "readouts": {"p1": "p1"}}
        """

    /// The small network with seeded weights in a file of its own.
    private final class Weights {
        let path = FileManager.default.temporaryDirectory.path + "/stnet-canary-\(UUID().uuidString).safetensors"
        let network: Network
        let file: WeightFile

        init(seed: UInt64 = 3) throws {
            network = try Network(json: try JSON.parse(CanaryTests.network, source: "n"), source: "n")
            let tensors = try network.tensors()
            try SafetensorsWriter.write(path: path, tensors: tensors.map { ($0.name, $0.shape) }) { name, _ in
                SeededWeights.fill(seed: seed, tensors.first { $0.name == name }!)
            }
            file = try WeightFile.open(path: path)
        }

        deinit { unlink(path) }

        func digest(_ options: JobOptions = JobOptions(), threads: Int = 1) throws -> String {
            try OwnCanary(network: network, weights: file, options: options, threads: threads).digest()
        }
    }

    @Test func eachFileIsOfItsKindAndIsDecoded() throws {
        let files = CanaryPictures.files.map { [UInt8](Data(base64Encoded: $0, options: .ignoreUnknownCharacters)!) }
        #expect(files.count == 4)
        var kinds: [String] = []
        for file in files {
            #expect(file.count < 2048)
            let header = try #require(Header(file))
            kinds.append("\(header.isProgressive ? "progressive" : "baseline") \(header.sampling)")
        }
        #expect(
            kinds == [
                "baseline [34, 17, 17]", "baseline [17, 17, 17]", "progressive [34, 17, 17]",
                "baseline [17, 17, 17, 17]",
            ])
        for preset in Preprocessing.allCases {
            #expect(!CanaryPictures.prepare(preset: preset, inputSize: 224).contains { $0 == nil }, "\(preset)")
        }
    }

    /// A frame's kind, and the sampling factors of its components, two hexadecimal digits each.
    private struct Header {
        var isProgressive = false
        var sampling: [Int] = []

        init?(_ bytes: [UInt8]) {
            var place = 2
            while place + 9 < bytes.count, bytes[place] == 0xff {
                let (marker, length) = (bytes[place + 1], Int(bytes[place + 2]) << 8 | Int(bytes[place + 3]))
                if marker == 0xc0 || marker == 0xc2 {
                    isProgressive = marker == 0xc2
                    sampling = (0..<Int(bytes[place + 9])).map { Int(bytes[place + 11 + $0 * 3]) }
                    return
                }
                place += 2 + length
            }
            return nil
        }
    }

    /// Whoever changes how images are decoded, resized or cropped is to see here that runs will differ.
    @Test func theInputsAreTheseVeryPixels() { #expect(DecodingIdentity.text == "292f62557d196ff8") }

    @Test func itDependsOnAllThatAResultDependsOn() throws {
        let weights = try Weights()
        var options = [JobOptions()]
        func another(_ change: (inout JobOptions) -> Void) {
            var other = JobOptions()
            change(&other)
            options.append(other)
        }
        another { $0.preset = .torchvision }
        another { $0.preset = .squash }
        another { $0.iou = .wsol }
        another { $0.localization.readOut = "p1" }
        another { $0.localization.box.rule = .mass }
        another { $0.localization.classSource = .predicted }
        var digests = try options.map { try weights.digest($0) }
        digests.append(try Weights(seed: 4).digest())
        #expect(Set(digests).count == digests.count, "\(digests)")
        #expect(try weights.digest(threads: 2) == digests[0])
    }

    @Test func filesBesideTheResultsDoNotMatter() throws {
        var options = JobOptions()
        options.artifacts.savesMaps = true
        options.artifacts.mode = .boxPictures
        #expect(options.ofResults == JobOptions())
        options.precision = .fast
        options.agreementEvery = 3
        #expect(options.ofResults != JobOptions() && options.ofResults.precision == .fast)
    }

    @Test func batchesDoNotMatter() throws {
        let weights = try Weights()
        let pool = try ThreadPool(threads: 2)
        let digests = try [1, 2, 3, 4, 9].map { batch in
            try Canary.digest(
                of: try CPUBackend(network: weights.network, source: weights.file, pool: pool, batch: batch),
                options: JobOptions())
        }
        #expect(Set(digests).count == 1)
        #expect(digests.first == (try weights.digest()))
    }

    @Test func everyDeviceOfABackendComputesIt() throws {
        let (right, wrong) = (try Weights(), try Weights(seed: 4))
        func several(_ files: [Weights]) throws -> SeveralBackends {
            let members = files.enumerated().map { number, weights in
                SeveralBackends.Member(number: number) { [network = weights.network, file = weights.file] in
                    try CPUBackend(
                        network: network, source: file, pool: try ThreadPool(threads: 1), batch: 1)
                }
            }
            return try SeveralBackends(kind: "GPU", members: members) { _ in }
        }
        let digest = try right.digest()
        #expect(try Canary.agreedDigest(of: try several([right, right]), options: JobOptions()) == digest)
        #expect {
            _ = try Canary.agreedDigest(of: try several([right, wrong, right]), options: JobOptions())
        } throws: {
            "\($0)"
                == "the devices here compute different bits, so one is faulty: GPU 1: canary "
                + "\(try wrong.digest().prefix(12)); GPU 0, GPU 2: canary \(digest.prefix(12)); leave it out"
        }
    }

    /// A machine without the memory does without: it would end the coordinator, or send others' memory to the disk.
    @Test func theCoordinatorsIsNotBegunWhereThereIsNoRoom() throws {
        let weights = try Weights()
        let own = OwnCanary(network: weights.network, weights: weights.file, options: JobOptions(), threads: 1)
        let needed = Int(try CPUBackend.leastBytes(weights.network))
        var limits = MemoryLimits.current()
        (limits.free, limits.name, limits.reserve) = (needed + 99, "the machine", 100)
        #expect {
            _ = try own.digest(within: limits)
        } throws: {
            "\($0)"
                == "cannot have \(needed) bytes of memory for the canary's pictures: the machine leaves \(needed + 99)"
        }
        limits.free = needed + 100
        #expect(try own.digest(within: limits) == weights.digest())
        #expect(try own.digest() == weights.digest(), "and this machine has it")
    }
}
