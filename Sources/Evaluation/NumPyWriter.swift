/// Arrays in NumPy's format (NEP 1, version 1.0): float32, little-endian, C order, as `numpy.load` reads them.
public enum NumPyWriter {
    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0]
    private static let alignment = 64

    /// What stands before the values of an array of this shape; a multiple of 64 bytes.
    public static func header(shape: [Int]) -> [UInt8] {
        let sides = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sides)), }"
        let taken = magic.count + 2 + text.utf8.count + 1
        text += String(repeating: " ", count: (alignment - taken % alignment) % alignment) + "\n"
        return magic + [UInt8(text.utf8.count & 0xff), UInt8(text.utf8.count >> 8)] + Array(text.utf8)
    }

    /// - Parameter values: as many as the shape has cells, the last axis running fastest.
    public static func encode(_ values: [Float], shape: [Int]) -> [UInt8] {
        precondition(values.count == shape.reduce(1, *), "values do not fill the shape")
        var bytes = header(shape: shape)
        bytes.reserveCapacity(bytes.count + values.count * 4)
        for value in values {
            let bits = value.bitPattern
            for shift in stride(from: UInt32(0), through: 24, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
            }
        }
        return bytes
    }
}
