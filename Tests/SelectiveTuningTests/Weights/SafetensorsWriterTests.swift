import Bytes
import Foundation
import SelectiveTuning
import Testing

@Suite struct SafetensorsWriterTests {
    @Test("What is written is read back, and the bytes do not depend on the order given")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let tensors: [(name: String, shape: [Int], values: [Float])] = [
            ("conv \"1\"\n.weight", [2, 3], [1, -0.0, 3, 0x1p-140, 5, -6]), ("bias", [1], [0.5]), ("none", [0, 4], []),
            ("scalar", [], [7]),
        ]
        let metadata = ["seed": "7", "made\\by": "\u{1}test"]
        let path = folder.path("a.safetensors")
        try SafetensorsWriter.write(path: path, tensors: tensors, metadata: metadata)
        let weights = try WeightFile.open(path: path)
        #expect(weights.metadata == metadata)
        #expect(weights.names == tensors.map(\.name).sorted())
        for tensor in tensors {
            let found = try weights.tensor(tensor.name, expecting: tensor.shape)
            #expect(found.map(\.bitPattern) == tensor.values.map(\.bitPattern))
        }
        #expect(try weights.withMappedFloats("bias", expecting: [1]) { $0[0] } == 0.5)

        try SafetensorsWriter.write(path: folder.path("b"), tensors: tensors.reversed(), metadata: metadata)
        #expect(try WeightFile.open(path: folder.path("b")).sha256() == weights.sha256())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["a.safetensors", "b"])
    }

    @Test("A write that fails leaves the file that was there, and nothing else")
    func failures() throws {
        let folder = try TemporaryFolder()
        let path = try folder.file("w", [1, 2, 3])
        func error(_ tensors: [(name: String, shape: [Int], values: [Float])]) -> String? {
            #expect(throws: WeightError.self) { try SafetensorsWriter.write(path: path, tensors: tensors) }?.description
        }
        #expect(error([("a", [2], [1])])?.contains("\"a\": found 1 values, expected 2 for shape [2]") == true)
        #expect(error([("a", [1], [1]), ("a", [1], [1])])?.contains("the name is taken") == true)
        #expect(error([("__metadata__", [1], [1])])?.contains("the name is taken") == true)
        #expect(error([("a", [-1], [])])?.contains("negative or overflows") == true)
        #expect(error([("a", [1 << 31, 1 << 31], [])])?.contains("negative or overflows") == true)
        #expect(error([("a", [2], [1, .infinity])])?.contains("\"a\": element 1 is inf") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["w"])
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([1, 2, 3]))
        let nowhere = #expect(throws: FileError.self) {
            try SafetensorsWriter.write(path: folder.path("missing/w"), tensors: [])
        }
        #expect(nowhere?.description.contains("cannot create: No such file or directory") == true)
    }
}
