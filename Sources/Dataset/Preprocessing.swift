/// How a picture becomes a square input of n pixels a side.
public enum Preprocessing: String, CaseIterable, Sendable {
    /// The shorter side to n, the longer in proportion; the centre n x n.
    case stnet
    /// The shorter side to n * 256 / 224, the longer in proportion; the centre n x n.
    case torchvision
    /// Both sides to n, whatever the proportions.
    case squash
}
