/// Arrays in NumPy's format (NEP 1, version 1.0): little-endian, C order, as `numpy.load` reads them.
public enum NumPyWriter {
    public enum Element: String, Sendable {
        case float32 = "<f4"
        case float64 = "<f8"

        public var bytes: Int { self == .float32 ? 4 : 8 }
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    private static let alignment = 64

    /// What stands before the values of an array of this shape; a multiple of 64 bytes.
    public static func header(shape: [Int], _ element: Element = .float32) -> [UInt8] {
        let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(sides)), }"
        let taken = magic.count + 2 + text.utf8.count + 1
        text += String(repeating: " ", count: (alignment - taken % alignment) % alignment) + "\n"
        return magic + [UInt8(text.utf8.count & 0xff), UInt8(text.utf8.count >> 8)] + Array(text.utf8)
    }

    /// As float32.
    /// - Parameter values: as many as the shape has cells, the last axis running fastest.
    public static func encode(_ values: [Float], shape: [Int]) -> [UInt8] {
        precondition(values.count == shape.reduce(1, *), "values do not fill the shape")
        return append(values.lazy.map(\.bitPattern), to: header(shape: shape), count: values.count)
    }

    /// As float64, without rounding.
    /// - Parameter values: as many as the shape has cells, the last axis running fastest.
    public static func encode64(_ values: [Float], shape: [Int]) -> [UInt8] {
        precondition(values.count == shape.reduce(1, *), "values do not fill the shape")
        return append(
            values.lazy.map { Double($0).bitPattern }, to: header(shape: shape, .float64), count: values.count)
    }

    private static func append<Bits: FixedWidthInteger>(
        _ values: some Sequence<Bits>, to header: [UInt8], count: Int
    ) -> [UInt8] {
        var bytes = header
        bytes.reserveCapacity(bytes.count + count * MemoryLayout<Bits>.size)
        for value in values { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }
}
