extension Geometry {
    /// A mask of the whole original, of whatever size, in the input: each pixel that of the mask which its upper left corner lies
    /// in, as OpenCV's nearest neighbour has it, so that `squash` is the WSOL benchmark's. With a crop the same is done for the
    /// whole resized picture, and the crop is cut out of that.
    /// - Returns: [inputSize, inputSize] shades.
    public func nearest(_ mask: GrayImage) -> [UInt8] {
        let columns = Self.places(inputSize, crop: cropX, resized: resizedWidth, size: mask.width)
        let rows = Self.places(inputSize, crop: cropY, resized: resizedHeight, size: mask.height)
        var shades: [UInt8] = []
        shades.reserveCapacity(inputSize * inputSize)
        mask.pixels.withUnsafeBufferPointer { pixels in
            for row in rows {
                let start = row * mask.width
                for column in columns { shades.append(pixels[start + column]) }
            }
        }
        return shades
    }

    private static func places(_ count: Int, crop: Int, resized: Int, size: Int) -> [Int] {
        // Not size / resized: OpenCV rounds twice, and where the product is nearly an integer the last bit decides.
        let scale = 1 / (Double(resized) / Double(size))
        return (0..<count).map { min(Int((Double($0 + crop) * scale).rounded(.down)), size - 1) }
    }
}
