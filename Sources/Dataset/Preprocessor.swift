/// What a network sees of an image, and how to find the way back.
public struct PreparedInput: Sendable {
    /// [n, n, 3], 8 bits, RGB.
    public let pixels: [UInt8]
    /// The decoded image's size in pixels.
    public let width: Int
    public let height: Int
    public let geometry: Geometry

    /// `pixels` are those of this preset and size.
    public init(pixels: [UInt8], preset: Preprocessing, inputSize: Int, width: Int, height: Int) {
        self.init(
            pixels: pixels, width: width, height: height,
            geometry: Geometry(preset: preset, inputSize: inputSize, width: width, height: height))
    }

    init(pixels: [UInt8], width: Int, height: Int, geometry: Geometry) {
        precondition(pixels.count == geometry.inputSize * geometry.inputSize * 3, "not the input's pixels")
        self.pixels = pixels
        self.width = width
        self.height = height
        self.geometry = geometry
    }
}

/// Turns one JPEG file after another into the network's input. It keeps its memory from file to file, and never
/// holds a whole decoded image: each thread has one of its own.
public final class Preprocessor {
    private let reader = JPEGReader()
    private let resizer = Resizer()

    public init() {}

    /// Decodes, resizes and crops: the bits of `JPEGDecoder.decode` followed by `InputPicture.make`.
    ///
    /// - Parameter name: what an error calls the file.
    /// - Throws: `DatasetError.image`, as `JPEGDecoder.decode` does.
    public func prepare(
        bytes: UnsafeRawBufferPointer, name: String, preset: Preprocessing, inputSize: Int
    ) throws(DatasetError) -> PreparedInput {
        defer { reader.close() }
        let (width, height) = try reader.open(bytes, name: name)
        let geometry = Geometry(preset: preset, inputSize: inputSize, width: width, height: height)
        let pixels = try resizer.resize(Resampling(geometry), announce: reader.want) {
            (rgb, stride, rows) throws(DatasetError) in
            try reader.read(rgb, stride: stride, rows: rows)
        }
        return PreparedInput(pixels: pixels, width: width, height: height, geometry: geometry)
    }
}
