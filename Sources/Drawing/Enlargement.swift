import Dataset

/// Three times the size, by linear interpolation between the centres of pixels: the centre of a pixel keeps its value,
/// its neighbours lie a third of the way to the next pixel. At the border the outermost value goes on.
public enum Enlargement {
    public static let factor = 3

    /// [height][width] values to [3 height][3 width].
    public static func enlarge(_ values: [Float], width: Int, height: Int) -> [Float] {
        precondition(width > 0 && height > 0 && values.count == width * height, "values do not fill the map")
        let wide = width * factor
        var result = [Float](repeating: 0, count: wide * height * factor)
        for row in 0..<height * factor {
            let y = Neighbours(row, count: height)
            for column in 0..<wide {
                let x = Neighbours(column, count: width)
                let upper = values[y.near * width + x.near] * 2 + values[y.near * width + x.far]
                let lower = values[y.far * width + x.near] * 2 + values[y.far * width + x.far]
                result[row * wide + column] = (upper * 2 + lower) / 9
            }
        }
        return result
    }

    /// Each channel by itself, rounded to the nearest.
    public static func enlarge(_ image: RGBImage) -> RGBImage {
        let wide = image.width * factor
        var pixels = [UInt8](repeating: 0, count: image.pixels.count * factor * factor)
        image.pixels.withUnsafeBufferPointer { source in
            for row in 0..<image.height * factor {
                let y = Neighbours(row, count: image.height)
                for column in 0..<wide {
                    let x = Neighbours(column, count: image.width)
                    for channel in 0..<3 {
                        func value(_ y: Int, _ x: Int) -> Int { Int(source[(y * image.width + x) * 3 + channel]) }
                        let upper = value(y.near, x.near) * 2 + value(y.near, x.far)
                        let lower = value(y.far, x.near) * 2 + value(y.far, x.far)
                        pixels[(row * wide + column) * 3 + channel] = UInt8((upper * 2 + lower + 4) / 9)
                    }
                }
            }
        }
        return RGBImage(width: wide, height: image.height * factor, pixels: pixels)
    }

    /// The two pixels between whose centres a smaller one lies: two thirds of the nearer, one third of the farther.
    private struct Neighbours {
        let near: Int
        let far: Int

        init(_ place: Int, count: Int) {
            near = place / Enlargement.factor
            far = min(max(near + place % Enlargement.factor - 1, 0), count - 1)
        }
    }
}
