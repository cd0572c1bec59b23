import Bytes

/// What is wrong with a network's description, with its weights' place in it, or with a run through it.
public enum NetworkError: Error, CustomStringConvertible, Sendable, Equatable {
    /// A layer that does not fit: the network, the layer and what was expected.
    case badLayer(network: String, layer: String, problem: String)
    /// A field of a description that is missing or of the wrong kind.
    case badDescription(source: String, problem: String)
    case unknownNetwork(name: String, known: [String])
    case unknownReadOut(name: String, network: String, known: [String])
    case unknownClass(index: Int, classes: Int)
    /// A layer whose products or gating the top-down pass cannot hold.
    case topDown(network: String, TopDownError)
    /// The network does not end in global average pooling.
    case noClassActivation(network: String, problem: String)
    /// A layer of which no map can be made, and what could be asked for instead.
    case badMapLayer(network: String, layer: String, problem: String)
    /// A map, by what its method calls it, with a value that is infinite or not a number.
    case mapNotFinite(network: String, map: String)
    case outOfMemory(bytes: Int, purpose: String)
    /// A device that this process cannot use any more: another process may.
    case deviceFailed(device: String, problem: String)

    public var description: String {
        switch self {
        case .badLayer(let network, let layer, let problem):
            "network \(network), layer \(layer): \(problem)"
        case .badDescription(let source, let problem):
            "\(source): \(problem)"
        case .unknownNetwork(let name, let known):
            "unknown network \"\(printable(name))\": expected one of \(known.joined(separator: ", ")), or a description FILE.json"
                + Suggestion.question(for: name, among: known)
        case .unknownReadOut(let name, let network, let known):
            "network \(network) has no read-out \"\(name)\": expected one of \(known.joined(separator: ", "))"
                + Suggestion.question(for: name, among: known)
        case .unknownClass(let index, let classes):
            "class \(index) is outside of the network's 0...\(classes - 1)"
        case .topDown(let network, let error):
            "network \(network): \(error)"
        case .noClassActivation(let network, let problem):
            "network \(network) has no class activation maps (\(problem)): expected global average pooling at its end,"
                + " with or without a fully connected layer above it"
        case .badMapLayer(let network, let layer, let problem):
            "network \(network), map layer \"\(printable(layer))\": \(problem)"
        case .mapNotFinite(let network, let map):
            "network \(network): the \(map) holds an infinite value or one that is not a number;"
                + " check the weights and the input"
        case .outOfMemory(let bytes, let purpose):
            "cannot have \(bytes) bytes of memory for \(purpose)"
        case .deviceFailed(let device, let problem):
            "\(device) failed: \(problem)"
        }
    }
}
