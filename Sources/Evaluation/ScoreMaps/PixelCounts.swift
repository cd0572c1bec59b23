/// How many pixels of the network's input count, after an image's masks: the rest is ignored.
public struct PixelCounts: Hashable, Sendable {
    public var foreground: Int
    public var background: Int

    public init(foreground: Int, background: Int) { (self.foreground, self.background) = (foreground, background) }
}
