import Bytes

/// What is wrong with a weight file, with a tensor in it, or with a request for one.
public enum WeightError: Error, CustomStringConvertible, Sendable {
    /// The file system's refusal.
    case file(FileError)
    case unknownFormat(path: String, firstBytes: [UInt8])
    /// The file, or the part of it that holds `what`, ends too early.
    case truncated(path: String, byte: Int, what: String, needed: Int, found: Int)
    case malformed(path: String, byte: Int, problem: String)
    /// A file of another kind.
    case foreignFile(path: String, ForeignFile)
    /// Something that a weight file may not hold, and how to come to one without it.
    case refused(path: String, byte: Int, construct: String, remedy: String = "save model.state_dict() with torch.save")
    case tooLarge(path: String, what: String, found: Int, limit: Int)
    /// The pickled object is no mapping of names to tensors.
    case noStateDictionary(path: String, found: String)
    /// A tensor whose description contradicts itself or the file.
    case badTensor(path: String, tensor: String, problem: String)
    case missingTensor(path: String, tensor: String, closest: [String])
    /// Something else than a tensor stands under the tensor's name.
    case noTensor(path: String, tensor: String, found: String)
    /// None of a network's tensors is there under any name that it could have; `expected` is one of them.
    case noNetwork(path: String, network: String, expected: String, names: [String])
    /// Some of a network's tensors are missing; `tensor` is the first.
    case partOfNetwork(path: String, network: String, tensor: String, missing: Int, of: Int, closest: [String])
    /// The file holds the tensors of other networks of the catalogue.
    case otherNetwork(path: String, network: String, fits: [String], problem: String)
    /// The network's tensors are there more than once; `places` is what stands before their names.
    case severalFit(path: String, network: String, places: [String])
    /// The network with another number of classes.
    case otherClasses(
        path: String, network: String, tensor: String, found: [Int], expected: [Int], classes: Int)
    case wrongShape(path: String, tensor: String, found: [Int], expected: [Int])
    case wrongDataType(path: String, tensor: String, found: TensorDataType)
    /// `index` counts the tensor's elements in row-major order.
    case notFinite(path: String, tensor: String, index: Int, value: Float)

    public var description: String {
        switch self {
        case .file(let error):
            error.description
        case .unknownFormat(let path, let firstBytes):
            "\(path): not a weight file: it starts with \(shown(firstBytes)); expected .safetensors, or a PyTorch .pth"
                + " of a state dict"
        case .foreignFile(let path, let foreign):
            "\(path): \(foreign)"
        case .truncated(let path, let byte, let what, let needed, let found):
            "\(path): truncated: \(what) at byte \(byte) needs \(needed) bytes, found \(found)"
        case .malformed(let path, let byte, let problem):
            "\(path): malformed at byte \(byte): \(problem)"
        case .refused(let path, let byte, let construct, let remedy):
            "\(path): refused \(construct) at byte \(byte): \(remedy)"
        case .tooLarge(let path, let what, let found, let limit):
            "\(path): \(what): found \(found), expected at most \(limit)"
        case .noStateDictionary(let path, let found):
            "\(path): holds \(found), expected a state dict: names with their tensors, as torch.save writes of"
                + " model.state_dict()"
        case .badTensor(let path, let tensor, let problem):
            "\(path): tensor \"\(printable(tensor))\": \(problem)"
        case .missingTensor(let path, let tensor, let closest):
            "\(path): no tensor \"\(printable(tensor))\"" + listed(closest)
        case .noTensor(let path, let tensor, let found):
            "\(path): \"\(printable(tensor))\" is \(found), expected a tensor of floating-point numbers"
        case .noNetwork(let path, let network, let expected, let names):
            "\(path): none of the tensors of \(network) (such as \"\(printable(expected))\") among its "
                + "\(names.count)" + (names.first.map { " (such as \"\(printable($0))\")" } ?? "")
                + ": give the network that they are of, by name or as a description FILE.json"
        case .partOfNetwork(let path, let network, let tensor, let missing, let count, let closest):
            "\(path): no tensor \"\(printable(tensor))\" (\(missing) of the \(count) of \(network) "
                + "\(missing == 1 ? "is" : "are") missing)" + listed(closest)
        case .otherNetwork(let path, let network, let fits, let problem):
            "\(path): \(problem) for \(network); its tensors fit \(fits.joined(separator: ", ")): "
                + fits.map { "--network \($0)" }.joined(separator: " or ")
        case .severalFit(let path, let network, let places) where places.count == 1:
            "\(path): the tensors of \(network) are there once, "
                + (places[0].isEmpty ? "under no name in front" : "under \"\(printable(places[0]))\"")
                + ", not under the name that was given"
        case .severalFit(let path, let network, let places):
            "\(path): the tensors of \(network) are there \(places.count) times, under "
                + places.map { "\"\(printable($0))\"" }.joined(separator: " and ")
                + ": put one of them into a file of its own: stnet-tool choose-weights --under "
                + printable(places.first ?? "")
        case .otherClasses(let path, let network, let tensor, let found, let expected, let classes):
            "\(path): tensor \"\(printable(tensor))\": found shape \(found), expected \(expected): weights for "
                + "\(classes) classes, \(network) has \(expected.first ?? 0); give --network a description with "
                + "\"out\": \(classes) (stnet-tool describe) and \"classes\" of its own"
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

/// Names beside the one that is missing.
private func listed(_ closest: [String]) -> String {
    guard !closest.isEmpty else { return "" }
    return "; the closest names are \(closest.map { "\"\(printable($0))\"" }.joined(separator: ", "))"
}

/// As text where it is text, else as hexadecimal digits.
private func shown(_ bytes: [UInt8]) -> String {
    if bytes.allSatisfy({ (0x20...0x7e).contains($0) || (9...13).contains($0) }) {
        return "\"\(printable(String(decoding: bytes, as: UTF8.self)))\""
    }
    let digits = bytes.prefix(8).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    return "the bytes \(digits.joined(separator: " "))"
}

/// Text from a file, safe to show on a terminal: at most 120 scalars, controls escaped.
func printable(_ text: String) -> String {
    var shown = ""
    for scalar in text.unicodeScalars.prefix(120) {
        shown += scalar.escaped(asASCII: false)
    }
    return text.unicodeScalars.count > 120 ? shown + "..." : shown
}
