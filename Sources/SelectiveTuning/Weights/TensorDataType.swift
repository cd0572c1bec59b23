/// The type of a stored tensor's elements.
public enum TensorDataType: String, Sendable, CaseIterable {
    case float32, float16, bfloat16, float64
    case int8, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case bool
    case float8e4m3, float8e5m2, float8e8m0
    case complex64, complex128

    /// An element's size in bytes.
    public var byteCount: Int {
        switch self {
        case .int8, .uint8, .bool, .float8e4m3, .float8e5m2, .float8e8m0: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64, .complex64: 8
        case .complex128: 16
        }
    }

    /// Whether elements are delivered, as float32.
    public var isConvertible: Bool {
        switch self {
        case .float32, .float16, .bfloat16, .float64: true
        default: false
        }
    }

    /// The name in a safetensors header; nil where the format has none.
    var safetensorsName: String? {
        switch self {
        case .float32: "F32"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float64: "F64"
        case .int8: "I8"
        case .int16: "I16"
        case .int32: "I32"
        case .int64: "I64"
        case .uint8: "U8"
        case .uint16: "U16"
        case .uint32: "U32"
        case .uint64: "U64"
        case .bool: "BOOL"
        case .float8e4m3: "F8_E4M3"
        case .float8e5m2: "F8_E5M2"
        case .float8e8m0: "F8_E8M0"
        case .complex64: "C64"
        case .complex128: nil
        }
    }

    /// The name of PyTorch's storage class in the module `torch`; nil where there is none.
    var storageClass: String? {
        switch self {
        case .float32: "FloatStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .float64: "DoubleStorage"
        case .int8: "CharStorage"
        case .int16: "ShortStorage"
        case .int32: "IntStorage"
        case .int64: "LongStorage"
        case .uint8: "ByteStorage"
        case .bool: "BoolStorage"
        case .complex64: "ComplexFloatStorage"
        case .complex128: "ComplexDoubleStorage"
        case .uint16, .uint32, .uint64, .float8e4m3, .float8e5m2, .float8e8m0: nil
        }
    }

    /// By its name in PyTorch; nil for a type that is not known here.
    init?(torchName: String) {
        switch torchName {
        case "float8_e4m3fn": self = .float8e4m3
        case "float8_e5m2": self = .float8e5m2
        case "float8_e8m0fnu": self = .float8e8m0
        default: self.init(rawValue: torchName)
        }
    }
}
