/// How 8-bit RGB becomes the network's float input: which source channel each input channel reads, and a value table.
public struct InputNormalization: Sendable, Hashable {
    /// For each input channel, the index of the RGB channel that it reads.
    public var channelOrder: [Int]
    /// Subtracted, in RGB order; on a scale of 0...1 if `dividesBy255`, else of 0...255.
    public var mean: [Float]
    /// Divisors in RGB order; ones for Caffe's form, where the division changes no bit.
    public var deviation: [Float]
    public var dividesBy255: Bool

    public init(channelOrder: [Int], mean: [Float], deviation: [Float], dividesBy255: Bool) {
        self.channelOrder = channelOrder
        self.mean = mean
        self.deviation = deviation
        self.dividesBy255 = dividesBy255
    }

    /// torchvision: (value / 255 - mean) / deviation with ImageNet's statistics, RGB.
    public static let imagenet = InputNormalization(
        channelOrder: [0, 1, 2], mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225], dividesBy255: true)

    /// Caffe: value - mean, channels in the order blue, green, red; the means as usually given, (104, 117, 123).
    public static let caffeBGR = InputNormalization(
        channelOrder: [2, 1, 0], mean: [123, 117, 104], deviation: [1, 1, 1], dividesBy255: false)

    /// [3][256] float32, indexed by RGB channel and 8-bit value: every step rounded to float32 in the documented order.
    public var table: [Float] {
        (0..<3).flatMap { channel in
            (0..<256).map { value in
                let scaled = dividesBy255 ? Float(value) / 255 : Float(value)
                return (scaled - mean[channel]) / deviation[channel]
            }
        }
    }
}
