extension WeightFile {
    /// Looks for every tensor that the network needs and reads it once: to be called before anything that wrong weights
    /// would waste.
    ///
    /// Returns a line to be said, with the file's path, where the file's names are not the network's own and were matched; nil where they are.
    /// Throws `WeightError`, which names the file, for a tensor that is missing, has another shape or type or a value
    /// that is not finite, and `NetworkError` for a network that does not fit together.
    public func check(for network: Network) throws -> String? {
        let weights = try fitted(to: network, under: nil)
        for needed in try network.tensors() {
            try weights.withTensor(needed.name, expecting: needed.shape) { _ in }
        }
        return weights.note.map { "\(path): \($0)" }
    }
}
