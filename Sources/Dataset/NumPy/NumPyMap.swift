import CKernels

/// A two-dimensional array of numbers from a `.npy` file, such as a score map.
public struct NumPyMap: Sendable, Hashable {
    public let width: Int
    public let height: Int
    /// [height, width], float32; a float64 beyond its range is infinite.
    public let values: [Float]

    /// A side may have so many numbers.
    public static let largestSide = 4096
    private static let largestFile = largestSide * largestSide * 8 + (1 << 17)

    /// A file's bytes, for `init(_:file:)`.
    public static func read(path: String) throws(DatasetError) -> [UInt8] {
        try FileTree.read(path, limit: largestFile)
    }

    /// Takes float16, float32 or float64 of either byte order and index order. Sizes of 1 before or behind the two that
    /// count are left out. Throws `DatasetError.field`, where `file` names the file.
    public init(_ bytes: [UInt8], file: String) throws(DatasetError) {
        let header = try NumPyHeader(bytes, file: file)
        var sizes = header.shape[...]
        while sizes.count > 2, sizes.first == 1 { sizes.removeFirst() }
        while sizes.count > 2, sizes.last == 1 { sizes.removeLast() }
        guard sizes.count == 2, sizes.allSatisfy({ (1...NumPyMap.largestSide).contains($0) }) else {
            throw .field(
                file: file, line: nil, field: "shape", found: "\(header.shape)",
                expected: "height and width, each 1 to \(NumPyMap.largestSide)")
        }
        let (height, width) = (sizes.first!, sizes.last!)
        let count = width * height
        guard bytes.count - header.offset == count * header.element.bytes else {
            throw .field(
                file: file, line: nil, field: "data", found: "\(bytes.count - header.offset) bytes",
                expected: "\(count * header.element.bytes) bytes for \(count) numbers")
        }
        let stored = NumPyMap.floats(bytes, header, count: count)
        self.width = width
        self.height = height
        values = header.isFortranOrder ? NumPyMap.transposed(stored, rows: height, columns: width) : stored
    }

    private static func floats(_ bytes: [UInt8], _ header: NumPyHeader, count: Int) -> [Float] {
        let size = header.element.bytes
        var swapped: [UInt8] = []
        if header.isBigEndian {
            swapped = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initialized in
                for place in 0..<count * size {
                    buffer[place] = bytes[header.offset + place / size * size + (size - 1 - place % size)]
                }
                initialized = count * size
            }
        }
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            (header.isBigEndian ? swapped : bytes).withUnsafeBytes { source in
                let start = source.baseAddress! + (header.isBigEndian ? 0 : header.offset)
                switch header.element {
                case .float16: ck_half_to_float(start, buffer.baseAddress!, count)
                case .float32:
                    UnsafeMutableRawBufferPointer(buffer).copyMemory(
                        from: UnsafeRawBufferPointer(start: start, count: count * size))
                case .float64: ck_double_to_float(start, buffer.baseAddress!, count)
                }
            }
            initialized = count
        }
    }

    /// [columns, rows] as [rows, columns].
    private static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: values.count) { buffer, initialized in
            for row in 0..<rows {
                for column in 0..<columns { buffer[row * columns + column] = values[column * rows + row] }
            }
            initialized = values.count
        }
    }
}
