/// How a photograph is made smaller.
public enum Interpolation: String, Sendable, Hashable, CaseIterable {
    /// A triangle filter, widened by the scale.
    case bilinear
    /// A cubic filter with a = -0.5, widened by the scale.
    case bicubic
}

/// How a network's weights expect a photograph to become its square input: the shorter side to so many pixels, then the
/// centre.
public struct InputPreparation: Sendable, Hashable {
    /// What a shorter side may become: the longer one of the longest JPEG then still fits 31 bits.
    public static let sides = 1...16_384

    /// Pixels, at least the input's size.
    public var resizedSide: Int
    public var interpolation: Interpolation

    public init(resizedSide: Int, interpolation: Interpolation = .bilinear) {
        self.resizedSide = resizedSide
        self.interpolation = interpolation
    }

    /// 256 pixels for an input of 224, bilinear, and in proportion: what most weights were evaluated with.
    public static func usual(inputSize: Int) -> InputPreparation {
        InputPreparation(resizedSide: Int((Double(inputSize) * 256 / 224).rounded(.toNearestOrEven)))
    }
}
