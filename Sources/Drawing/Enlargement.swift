import Dataset

/// Pictures and maps at other sizes. Three times the size, by linear interpolation between the centres of pixels: the centre of a pixel keeps its value,
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
    public static func enlarge(_ image: RGBImage) -> RGBImage { enlarge(image, by: factor) }

    /// So many times the size, 1 or more.
    static func enlarge(_ image: RGBImage, by factor: Int) -> RGBImage {
        guard factor > 1 else { return image }
        let columns = (0..<image.width * factor).map { Place($0, count: image.width, factor: factor) }
        let rows = (0..<image.height * factor).map { Place($0, count: image.height, factor: factor) }
        let whole = 2 * factor
        var pixels: [UInt8] = []
        pixels.reserveCapacity(image.pixels.count * factor * factor)
        image.pixels.withUnsafeBufferPointer { source in
            for y in rows {
                let (upper, lower) = (y.first * image.width, y.second * image.width)
                for x in columns {
                    for channel in 0..<3 {
                        func value(_ row: Int, _ column: Int) -> Int { Int(source[(row + column) * 3 + channel]) }
                        let above = value(upper, x.first) * (whole - x.share) + value(upper, x.second) * x.share
                        let below = value(lower, x.first) * (whole - x.share) + value(lower, x.second) * x.share
                        let sum = above * (whole - y.share) + below * y.share
                        pixels.append(UInt8((sum + whole * factor) / (whole * whole)))
                    }
                }
            }
        }
        return RGBImage(width: image.width * factor, height: image.height * factor, pixels: pixels)
    }

    /// A third of the size: the mean of each 3 x 3 pixels, rounded to the nearest. What is left at the right and below is left
    /// out.
    public static func reduce(_ image: RGBImage) -> RGBImage {
        let (width, height) = (image.width / factor, image.height / factor)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 3)
        for y in 0..<height {
            for x in 0..<width {
                for channel in 0..<3 {
                    var sum = 0
                    for row in 0..<factor {
                        let start = ((y * factor + row) * image.width + x * factor) * 3 + channel
                        for column in 0..<factor { sum += Int(image.pixels[start + column * 3]) }
                    }
                    pixels.append(UInt8((sum + factor * factor / 2) / (factor * factor)))
                }
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// The two pixels between whose centres a smaller one lies, and how far from the first to the second, in 2 x factor parts.
    private struct Place {
        let first: Int
        let second: Int
        let share: Int

        init(_ place: Int, count: Int, factor: Int) {
            // The centre's distance from the first pixel's centre, in such parts.
            let distance = 2 * place + 1 - factor
            let pixel = distance < 0 ? -1 : distance / (2 * factor)
            share = distance - pixel * 2 * factor
            first = max(pixel, 0)
            second = min(pixel + 1, count - 1)
        }
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
