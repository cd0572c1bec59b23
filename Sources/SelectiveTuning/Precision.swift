/// How the forward pass computes. The top-down pass is the same integers in both, over what the forward pass gave.
public enum Precision: String, CaseIterable, Sendable {
    /// One chain of float32 fused multiply-adds an output: the same bits on every machine.
    case exact
    /// Whatever is faster on the device: products of bfloat16 numbers, Winograd's transformation. The bits depend on the
    /// kind of machine, but not on its threads, batch or load; what that does to the results is measured in each run.
    case fast
}
