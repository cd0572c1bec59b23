import SelectiveTuning

/// A resize of which a window is computed.
package struct Resampling: Hashable, Sendable {
    package var width: Int
    package var height: Int
    package var resizedWidth: Int
    package var resizedHeight: Int
    /// The window of the resized picture.
    package var windowX: Int
    package var windowY: Int
    package var windowWidth: Int
    package var windowHeight: Int
    package var interpolation: Interpolation

    /// The input that a network sees.
    package init(_ geometry: Geometry) {
        width = geometry.width
        height = geometry.height
        resizedWidth = geometry.resizedWidth
        resizedHeight = geometry.resizedHeight
        windowX = geometry.cropX
        windowY = geometry.cropY
        windowWidth = geometry.inputSize
        windowHeight = geometry.inputSize
        interpolation = geometry.interpolation
    }

    /// The whole resized picture.
    package init(
        width: Int, height: Int, resizedWidth: Int, resizedHeight: Int, interpolation: Interpolation = .bilinear
    ) {
        self.width = width
        self.height = height
        self.resizedWidth = resizedWidth
        self.resizedHeight = resizedHeight
        windowX = 0
        windowY = 0
        windowWidth = resizedWidth
        windowHeight = resizedHeight
        self.interpolation = interpolation
    }
}
