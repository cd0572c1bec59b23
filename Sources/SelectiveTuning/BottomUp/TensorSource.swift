/// Where a network's weights come from: a file, or memory in tests.
public protocol TensorSource: Sendable {
    /// The tensor's values in row-major order, all finite. Throws when it is missing or has another shape.
    func tensor(_ name: String, expecting shape: [Int]) throws -> [Float]
}
