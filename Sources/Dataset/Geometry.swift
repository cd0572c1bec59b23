import SelectiveTuning

/// The way of pixels between an original image and the network's square input: a resize, then a crop.
public struct Geometry: Hashable, Sendable {
    /// The original's size in pixels.
    public let width: Int
    public let height: Int
    /// The whole picture's size after the resize.
    public let resizedWidth: Int
    public let resizedHeight: Int
    /// The input's upper left corner in the resized picture.
    public let cropX: Int
    public let cropY: Int
    /// The input's side n in pixels.
    public let inputSize: Int
    let interpolation: Interpolation

    /// All sizes are positive. The longer side is rounded down; the crop is centred, half a pixel to the even side.
    public init(preset: Preprocessing, inputSize: Int, width: Int, height: Int) {
        precondition(inputSize > 0 && width > 0 && height > 0, "sizes are positive")
        self.width = width
        self.height = height
        self.inputSize = inputSize
        interpolation = preset.interpolation
        let shorter: Int
        switch preset {
        case .stnet: shorter = inputSize
        case .torchvision: shorter = InputPreparation.usual(inputSize: inputSize).resizedSide
        // The crop is never larger than the picture.
        case .shorterSide(let side, _): shorter = max(side, inputSize)
        case .squash:
            resizedWidth = inputSize
            resizedHeight = inputSize
            cropX = 0
            cropY = 0
            return
        }
        resizedWidth = width <= height ? shorter : shorter * width / height
        resizedHeight = height <= width ? shorter : shorter * height / width
        cropX = Self.centred(inputSize, in: resizedWidth)
        cropY = Self.centred(inputSize, in: resizedHeight)
    }

    /// Half of what is left over, rounded to the even neighbour.
    private static func centred(_ size: Int, in whole: Int) -> Int {
        Int((Double(whole - size) / 2).rounded(.toNearestOrEven))
    }

    /// A box of the original in the input's frame: each coordinate times new / old, minus the crop's corner, clamped
    /// to 0...n, all in float32. A box outside the crop becomes empty.
    public func map(_ box: Box) -> Box {
        let scaleX = Float(resizedWidth) / Float(width)
        let scaleY = Float(resizedHeight) / Float(height)
        func x(_ value: Float) -> Float { clamp(value * scaleX - Float(cropX), Float(inputSize)) }
        func y(_ value: Float) -> Float { clamp(value * scaleY - Float(cropY), Float(inputSize)) }
        return Box(x(box.x0), y(box.y0), x(box.x1), y(box.y1))
    }

    /// The same as the WSOL benchmark does it: each coordinate times new / old in double, minus the crop's corner, cut to
    /// an integer, clamped to 0...n.
    public func mapToIntegers(_ box: Box) -> Box {
        func value(_ coordinate: Float, _ new: Int, _ old: Int, _ crop: Int) -> Float {
            let scaled = Double(coordinate) * Double(new) / Double(old) - Double(crop)
            return clamp(Float(scaled.rounded(.towardZero)), Float(inputSize))
        }
        return Box(
            value(box.x0, resizedWidth, width, cropX), value(box.y0, resizedHeight, height, cropY),
            value(box.x1, resizedWidth, width, cropX), value(box.y1, resizedHeight, height, cropY))
    }

    /// A box of the input's frame in the original's pixels: plus the crop's corner, times old / new, clamped to the
    /// image, whose last pixel is width - 1, height - 1.
    public func original(_ box: Box) -> Box {
        let scaleX = Float(width) / Float(resizedWidth)
        let scaleY = Float(height) / Float(resizedHeight)
        func x(_ value: Float) -> Float { clamp((value + Float(cropX)) * scaleX, Float(width - 1)) }
        func y(_ value: Float) -> Float { clamp((value + Float(cropY)) * scaleY, Float(height - 1)) }
        return Box(x(box.x0), y(box.y0), x(box.x1), y(box.y1))
    }

    private func clamp(_ value: Float, _ limit: Float) -> Float { min(max(value, 0), limit) }
}
