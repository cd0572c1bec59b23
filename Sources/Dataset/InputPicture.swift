/// The square picture that a network sees.
public enum InputPicture {
    /// Resizes a decoded picture and cuts the input out of it: [n, n, 3], 8 bits, RGB. The geometry must be the
    /// picture's.
    public static func make(from image: RGBImage, geometry: Geometry) -> [UInt8] {
        precondition(geometry.width == image.width && geometry.height == image.height, "another picture's geometry")
        return resize(image, Resampling(geometry), with: Resizer())
    }

    /// A window of the resized picture, [windowHeight, windowWidth, 3].
    package static func resize(_ image: RGBImage, _ resampling: Resampling, with resizer: Resizer) -> [UInt8] {
        let rowBytes = image.width * 3
        return image.pixels.withUnsafeBufferPointer { pixels in
            var next = pixels.baseAddress!
            let copy: Resizer.RowReader = { (target, stride, rows) throws(DatasetError) in
                for row in 0..<rows {
                    (target + row * stride).update(from: next, count: rowBytes)
                    next += rowBytes
                }
            }
            do {
                return try resizer.resize(resampling, read: copy)
            } catch {
                preconditionFailure("copying rows cannot fail")
            }
        }
    }
}
