/// A picture in shades of gray.
public struct GrayImage: Sendable, Hashable {
    /// In pixels; both sides at least 1.
    public let width: Int
    public let height: Int
    /// [height, width]; 0 is black, 255 white.
    public let pixels: [UInt8]

    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0 && pixels.count == width * height, "pixels do not fill the picture")
        (self.width, self.height, self.pixels) = (width, height, pixels)
    }
}
