import Bytes

/// What is wrong with a weight file, with a tensor in it, or with a request for one.
public enum WeightError: Error, CustomStringConvertible, Sendable {
    /// The file system's refusal.
    case file(FileError)
    case unknownFormat(path: String, firstBytes: [UInt8])
    /// The file, or the part of it that holds `what`, ends too early.
    case truncated(path: String, byte: Int, what: String, needed: Int, found: Int)
    case malformed(path: String, byte: Int, problem: String)
    /// Something that a weight file may not hold: an instruction that could do more than build tensors, a compressed
    /// entry, the other byte order.
    case refused(path: String, byte: Int, construct: String)
    case tooLarge(path: String, what: String, found: Int, limit: Int)
    /// The pickled object is no mapping of names to tensors.
    case noStateDictionary(path: String, found: String)
    /// A tensor whose description contradicts itself or the file.
    case badTensor(path: String, tensor: String, problem: String)
    case missingTensor(path: String, tensor: String, closest: [String])
    case wrongShape(path: String, tensor: String, found: [Int], expected: [Int])
    case wrongDataType(path: String, tensor: String, found: TensorDataType)
    /// `index` counts the tensor's elements in row-major order.
    case notFinite(path: String, tensor: String, index: Int, value: Float)

    public var description: String {
        switch self {
        case .file(let error):
            error.description
        case .unknownFormat(let path, let firstBytes):
            "\(path): not a weight file: it "
                + (firstBytes.isEmpty ? "is empty" : "starts with the bytes \(hexadecimal(firstBytes))")
                + "; expected .safetensors, or a PyTorch .pth of a state dict"
        case .truncated(let path, let byte, let what, let needed, let found):
            "\(path): truncated: \(what) at byte \(byte) needs \(needed) bytes, found \(found)"
        case .malformed(let path, let byte, let problem):
            "\(path): malformed at byte \(byte): \(problem)"
        case .refused(let path, let byte, let construct):
            "refused \(construct) in \(path) at byte \(byte): expected a file that holds tensors only"
                + " (from PyTorch, save model.state_dict())"
        case .tooLarge(let path, let what, let found, let limit):
            "\(path): \(what): found \(found), expected at most \(limit)"
        case .noStateDictionary(let path, let found):
            "\(path): holds \(found), expected a state dict: names with their tensors"
        case .badTensor(let path, let tensor, let problem):
            "\(path): tensor \"\(printable(tensor))\": \(problem)"
        case .missingTensor(let path, let tensor, let closest):
            "\(path): no tensor \"\(printable(tensor))\""
                + (closest.isEmpty
                    ? "" : "; the closest names are \(closest.map { "\"\(printable($0))\"" }.joined(separator: ", "))")
        case .wrongShape(let path, let tensor, let found, let expected):
            "\(path): tensor \"\(printable(tensor))\": found shape \(found), expected \(expected)"
        case .wrongDataType(let path, let tensor, let found):
            "\(path): tensor \"\(printable(tensor))\": found \(found.rawValue) elements, "
                + "expected float32, float16, bfloat16 or float64"
        case .notFinite(let path, let tensor, let index, let value):
            "\(path): tensor \"\(printable(tensor))\": element \(index) is \(value) in float32, expected a finite number"
        }
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined(separator: " ")
}

/// Text from a file, safe to show on a terminal: at most 120 scalars, controls escaped.
func printable(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(120) {
        shown += scalar.escaped(asASCII: false)
    }
    return text.unicodeScalars.count > 120 ? shown + "..." : shown
}
