import CKernels

/// Pictures to JPEG files, through libjpeg-turbo.
public enum JPEGEncoder {
    /// How the two colour planes are sampled.
    public enum Subsampling: Sendable {
        /// 4:2:0: once for each 2 x 2 pixels.
        case quarter
        /// 4:4:4: for every pixel.
        case full
    }

    /// A baseline JFIF file. The same picture gives the same bytes with the same library.
    ///
    /// - Parameter quality: 1 to 100, libjpeg's scale; values outside are clamped.
    /// - Throws: `DatasetError.encoding` for a side above 65,500 pixels.
    public static func encode(
        _ image: RGBImage, quality: Int = 90, subsampling: Subsampling = .quarter
    ) throws(DatasetError) -> [UInt8] {
        guard let width = Int32(exactly: image.width), let height = Int32(exactly: image.height) else {
            throw .encoding(reason: "\(image.width) x \(image.height) pixels, expected at most 65500 a side")
        }
        var text = [CChar](repeating: 0, count: Int(CK_JPEG_TEXT))
        var bytes: UnsafeMutablePointer<UInt8>?
        var count = 0
        let sampling = subsampling == .quarter ? CK_JPEG_420 : CK_JPEG_444
        let status = ck_jpeg_encode(
            image.pixels, width, height, Int32(min(max(quality, 1), 100)), sampling, &bytes, &count, &text)
        guard status == 0, let bytes else { throw .encoding(reason: string(ofText: text)) }
        defer { ck_jpeg_free(bytes) }
        return [UInt8](UnsafeBufferPointer(start: bytes, count: count))
    }
}

/// The text that a C function left in its error buffer.
func string(ofText text: [CChar]) -> String {
    String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}
