/// One prepared input.
public struct Picture: Sendable {
    /// [inputSize][inputSize][3], 8-bit RGB.
    public var pixels: [UInt8]
    /// Index of the ground-truth class.
    public var label: Int

    public init(pixels: [UInt8], label: Int) {
        self.pixels = pixels
        self.label = label
    }
}
