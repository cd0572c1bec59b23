/// The header of a `.npy` file: what the numbers behind it are (NumPy Enhancement Proposal 1, versions 1 to 3 of the
/// format).
struct NumPyHeader: Hashable {
    enum Element: Hashable {
        case float16, float32, float64

        var bytes: Int {
            switch self {
            case .float16: 2
            case .float32: 4
            case .float64: 8
            }
        }
    }

    var element: Element
    var isBigEndian: Bool
    /// The first index runs fastest.
    var isFortranOrder: Bool
    /// As it is written, from the outermost index to the innermost; empty for a single number.
    var shape: [Int]
    /// Where the numbers begin, in bytes.
    var offset: Int

    /// Bytes that a header may have: NumPy itself refuses longer ones than 10,000.
    private static let longest = 1 << 16

    /// Reads the header at the start of a file. `file` names it in errors, which are `DatasetError.field`.
    init(_ bytes: [UInt8], file: String) throws(DatasetError) {
        func failure(_ field: String, _ found: String, _ expected: String) -> DatasetError {
            .field(file: file, line: nil, field: field, found: found, expected: expected)
        }
        let magic = [0x93] + Array("NUMPY".utf8)
        guard bytes.starts(with: magic) else {
            let start = bytes.prefix(6).map { String($0, radix: 16) }.joined(separator: " ")
            throw failure("magic", bytes.isEmpty ? "an empty file" : "bytes \(start)", "93 and NUMPY: a .npy file")
        }
        guard bytes.count >= 10 else { throw failure("version", "the end of the file", "a version and a length") }
        let version = bytes[6]
        guard (1...3).contains(version) else {
            throw failure("version", "\(version).\(bytes[7])", "1, 2 or 3")
        }
        let lengthBytes = version == 1 ? 2 : 4
        guard bytes.count >= 8 + lengthBytes else {
            throw failure("header length", "the end of the file", "\(lengthBytes) bytes")
        }
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        offset = 8 + lengthBytes + length
        guard length <= NumPyHeader.longest, offset <= bytes.count else {
            throw failure("header length", "\(length)", "at most \(min(NumPyHeader.longest, bytes.count)) bytes")
        }
        var literal = PythonLiteral(bytes[(8 + lengthBytes)..<offset])
        guard let members = literal.dictionary() else {
            throw failure("header", literal.rest, "a Python dictionary of descr, fortran_order and shape")
        }
        func member(_ name: String, _ expected: String) throws(DatasetError) -> PythonLiteral.Value {
            let values = members.filter { $0.name == name }
            guard values.count == 1, let value = values.first?.value else {
                throw failure(name, values.isEmpty ? "nothing" : "it \(values.count) times", expected)
            }
            return value
        }
        let kinds = "'<f2', '<f4' or '<f8', or these with '>'"
        guard case .text(let kind) = try member("descr", kinds), let (element, isBigEndian) = Self.elements[kind] else {
            throw failure("descr", members.first { $0.name == "descr" }?.value.shown ?? "", kinds)
        }
        guard case .truth(let isFortranOrder) = try member("fortran_order", "True or False") else {
            throw failure("fortran_order", "something else", "True or False")
        }
        guard case .numbers(let shape) = try member("shape", "a tuple of sizes") else {
            throw failure("shape", "something else", "a tuple of sizes")
        }
        self.element = element
        self.isBigEndian = isBigEndian
        self.isFortranOrder = isFortranOrder
        self.shape = shape
    }

    /// `=` is the byte order of the machine that wrote the file, which nobody knows: little-endian, as on all in use.
    private static let elements: [String: (Element, Bool)] = [
        "<f2": (.float16, false), "<f4": (.float32, false), "<f8": (.float64, false), "=f2": (.float16, false),
        "=f4": (.float32, false), "=f8": (.float64, false), ">f2": (.float16, true), ">f4": (.float32, true),
        ">f8": (.float64, true),
    ]
}
