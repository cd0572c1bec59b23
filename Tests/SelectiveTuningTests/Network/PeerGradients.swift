import Foundation
import SelectiveTuning
import Testing

/// Gradients by the picture and by the last feature map against PyTorch's autograd in float64, recorded by
/// Golden/make_gradients.py: within 1e-5 of the largest element; where rounding decides about a ReLU or a maximum, within
/// twice what PyTorch's own float32 differs by.
enum PeerGradients {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/gradients.safetensors").path

    /// After a forward pass over the script's picture. `key`: of the network in the file.
    static func check(_ backend: CPUBackend, key: String) throws {
        let (network, golden) = (backend.network, try WeightFile.open(path: golden))
        let shapes = try network.shapes()
        let features = network.layers[shapes.dropFirst().lastIndex { $0.height > 1 || $0.width > 1 }! - 1].name
        for (place, layer) in [("image", Network.image), ("features", features)] {
            let expected = try golden.tensor("\(key).\(place)", expecting: [67])
            let largest = expected[64]
            let gradient = try #require(try backend.gradients(of: [Int(expected[65])], by: layer))[0]
            #expect(largest > 0, "the test must not be empty")
            let most = max(1e-5, 2 * expected[66])
            #expect(most < 0.2, "PyTorch must agree with itself")
            let samples = (0..<64).map { gradient[$0 * 2_654_435_761 % gradient.count] }
            let difference = zip(samples, expected).map { abs($0 - $1) }.max()! / largest
            #expect(difference < most, "\(place): \(difference) of the largest element")
            let found = gradient.map(abs).max()!
            #expect(abs(found - largest) / largest < most, "\(place): the largest is \(found), expected \(largest)")
        }
    }
}
