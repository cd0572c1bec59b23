import Bytes
import CKernels

/// Opens one JPEG file after another and gives its rows in order. Its memory is kept from file to file; one thread at
/// a time.
package final class JPEGReader {
    private let decoder: OpaquePointer
    private var text = [CChar](repeating: 0, count: Int(CK_JPEG_TEXT))
    private var name = ""

    /// - Parameter plain: whether this package decodes files of the most common kind itself.
    package init(isa: ck_isa = ck_isa_best(), plain: Bool = true) {
        guard let decoder = ck_jpeg_decoder_create(isa, plain ? 1 : 0) else {
            fatalError("out of memory for a JPEG decoder")
        }
        self.decoder = decoder
    }

    deinit {
        ck_jpeg_decoder_destroy(decoder)
    }

    /// Reads the header. `bytes` must stay where they are until `close`.
    ///
    /// - Throws: `DatasetError.image` with the name: no JPEG, damaged, or larger than the decoder accepts.
    package func open(_ bytes: UnsafeRawBufferPointer, name: String) throws(DatasetError) -> (width: Int, height: Int) {
        self.name = name
        guard !bytes.isEmpty else { throw .image(name: name, reason: "the file is empty") }
        var (width, height) = (Int32(0), Int32(0))
        let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
        guard ck_jpeg_open(decoder, start, bytes.count, &width, &height, &text) == 0 else {
            if let kind = FileKind.of(bytes), kind != .jpeg {
                throw .image(name: name, reason: "found \(kind.rawValue)")
            }
            throw failure()
        }
        return (Int(width), Int(height))
    }

    /// Only these columns and rows, which are not empty, are wanted; the others' bytes mean nothing. Before the first
    /// `read`.
    package func want(columns: Range<Int>, rows: Range<Int>) {
        precondition(!columns.isEmpty && !rows.isEmpty && columns.lowerBound >= 0 && rows.lowerBound >= 0)
        ck_jpeg_window(
            decoder, Int32(columns.lowerBound), Int32(columns.upperBound), Int32(rows.lowerBound),
            Int32(rows.upperBound))
    }

    /// Decodes the next `rows` rows as 8-bit RGB, `stride` bytes apart.
    package func read(_ rgb: UnsafeMutablePointer<UInt8>, stride: Int, rows: Int) throws(DatasetError) {
        guard ck_jpeg_read(decoder, rgb, Int64(stride), Int32(rows), &text) == 0 else { throw failure() }
    }

    package func close() {
        ck_jpeg_close(decoder)
    }

    private func failure() -> DatasetError { .image(name: name, reason: string(ofText: text)) }
}
