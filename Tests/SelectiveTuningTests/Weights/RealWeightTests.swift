import Foundation
import SelectiveTuning
import Testing

/// Files as they circulate. They are no part of this package: see the variable STNET_DATA.
@Suite struct RealWeightTests {
    private static let folder: URL = {
        let given = ProcessInfo.processInfo.environment["STNET_DATA"]
        let package = URL(filePath: #filePath).appending(path: "../../../..").standardized
        return (given.map { URL(filePath: $0) } ?? package.appending(path: "../shared/data")).appending(path: "weights")
    }()

    @Test("Every real file opens, and every tensor of floating-point numbers in it is delivered")
    func everyTensor() throws {
        let found = FileManager.default.enumerator(atPath: Self.folder.path)?.compactMap { $0 as? String } ?? []
        let files = found.filter { $0.hasSuffix(".pth") || $0.hasSuffix(".safetensors") }.sorted()
        guard !files.isEmpty else {
            print("skipped: no weight files under \(Self.folder.path) (STNET_DATA)")
            return
        }
        for file in files {
            let weights = try WeightFile.open(path: Self.folder.appending(path: file).path)
            #expect(!weights.names.isEmpty, "\(file)")
            for name in weights.names where weights.dataType(of: name)?.isConvertible == true {
                let shape = try #require(weights.shape(of: name))
                let values = try weights.tensor(name, expecting: shape)
                #expect(values.count == shape.reduce(1, *))
                #expect(values.contains { $0 != 0 }, "\(file): \(name)")
            }
            weights.releasePages()
        }
    }

    @Test("Python 2's files hold the tensors that their README's source lists")
    func legacyShapes() throws {
        let path = Self.folder.appending(path: "legacy-pth/v0.0/alex.pth").path
        guard FileManager.default.fileExists(atPath: path) else {
            print("skipped: no \(path) (STNET_DATA)")
            return
        }
        let weights = try WeightFile.open(path: path)
        #expect(weights.names == (0..<5).map { "lin\($0).model.1.weight" })
        #expect(weights.names.map { weights.shape(of: $0)![1] } == [64, 192, 384, 256, 256])
    }
}
