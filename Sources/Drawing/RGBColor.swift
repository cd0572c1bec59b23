/// A colour of 8 bits a channel.
public struct RGBColor: Hashable, Sendable {
    public var red: UInt8
    public var green: UInt8
    public var blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    public static let white = RGBColor(255, 255, 255)
    public static let black = RGBColor(0, 0, 0)
    /// Of the boxes that were found; dark enough for white text on it.
    public static let found = RGBColor(228, 0, 0)
    /// Of ground-truth boxes.
    public static let groundTruth = RGBColor(0, 72, 255)
}
