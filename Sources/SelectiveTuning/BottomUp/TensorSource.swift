/// Where a network's weights come from: a file, or memory in tests.
public protocol TensorSource: Sendable {
    /// The tensor's values in row-major order, all finite. Throws when it is missing or has another shape.
    func tensor(_ name: String, expecting shape: [Int]) throws -> [Float]

    /// The source under the names of a network: a file may have its tensors under others. Throws where they are not there.
    func fitted(to network: Network) throws -> any TensorSource

    /// `tensor` without a copy where the source has the values in memory as they are.
    func withTensor<Result>(
        _ name: String, expecting shape: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws -> Result
}

extension TensorSource {
    public func fitted(to network: Network) throws -> any TensorSource { self }

    public func withTensor<Result>(
        _ name: String, expecting shape: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws -> Result {
        try tensor(name, expecting: shape).withUnsafeBufferPointer(body)
    }
}

extension WeightFile {
    public func withTensor<Result>(
        _ name: String, expecting shape: [Int], _ body: (UnsafeBufferPointer<Float>) -> Result
    ) throws -> Result {
        if let result = try withMappedFloats(name, expecting: shape, body) { return result }
        return try tensor(name, expecting: shape).withUnsafeBufferPointer(body)
    }
}
