extension Network {
    /// Bytes of float32 activations, their halos of zeros included, that one picture in flight takes: those that the
    /// top-down pass reads, the most there is at any time. Weights and what belongs to a thread come on top.
    public func activationBytes() throws(NetworkError) -> Int {
        ActivationLayout(network: self, shapes: try shapes()).floatsPerImage * 4
    }
}
