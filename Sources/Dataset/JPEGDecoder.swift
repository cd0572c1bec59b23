/// JPEG files to pictures with libjpeg-turbo's bits: the slow integer DCT, fancy upsampling, gray replicated, CMYK and
/// YCCK (as Adobe writes them) to RGB. EXIF orientation and colour profiles are ignored.
public enum JPEGDecoder {
    /// Decodes the whole file.
    ///
    /// - Parameter name: what an error calls the file.
    /// - Throws: `DatasetError.image` when the bytes are no JPEG, end before the image does, or declare more than
    ///   64 Mi pixels. Damaged data inside a complete file is replaced, as Pillow and libjpeg do it.
    public static func decode(_ bytes: UnsafeRawBufferPointer, name: String) throws(DatasetError) -> RGBImage {
        try decode(bytes, name: name, with: JPEGReader())
    }

    package static func decode(
        _ bytes: UnsafeRawBufferPointer, name: String, with reader: JPEGReader
    ) throws(DatasetError) -> RGBImage {
        defer { reader.close() }
        let (width, height) = try reader.open(bytes, name: name)
        var failure: DatasetError?
        let count = width * height * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: count) { pixels, initialized in
            do throws(DatasetError) {
                try reader.read(pixels.baseAddress!, stride: width * 3, rows: height)
                initialized = count
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return RGBImage(width: width, height: height, pixels: pixels)
    }
}
