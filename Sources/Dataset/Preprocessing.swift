import Bytes
import SelectiveTuning

/// How a picture becomes a square input of n pixels a side.
public enum Preprocessing: Hashable, Sendable {
    /// The shorter side to n, the longer in proportion; the centre n x n.
    case stnet
    /// The shorter side to n * 256 / 224, the longer in proportion; the centre n x n.
    case torchvision
    /// Both sides to n, whatever the proportions.
    case squash
    /// The shorter side to so many pixels, no fewer than n, the longer in proportion; the centre n x n.
    case shorterSide(Int, Interpolation)

    /// As a network's weights expect it.
    public init(_ preparation: InputPreparation, inputSize: Int) {
        self =
            preparation == .usual(inputSize: inputSize)
            ? .torchvision : .shorterSide(preparation.resizedSide, preparation.interpolation)
    }

    var interpolation: Interpolation {
        if case .shorterSide(_, let interpolation) = self { return interpolation }
        return .bilinear
    }

    /// What is wrong with it for an input of this size; nil where nothing is.
    public func problem(inputSize: Int) -> String? {
        guard case .shorterSide(let side, _) = self, side < inputSize else { return nil }
        return "--preprocess \(rawValue): a shorter side of \(side) pixels has no square of \(inputSize)"
    }
}

extension Preprocessing: RawRepresentable, CaseIterable {
    /// Those that have a name.
    public static let allCases: [Preprocessing] = [.stnet, .torchvision, .squash]

    /// Why a text on a command line says none of them; `others` can be said in that place too.
    public static func refusal(of text: String, others: [String] = []) -> String {
        let names = others + allCases.map(\.rawValue)
        let sides = InputPreparation.sides
        return "--preprocess \(text): expected \(names.joined(separator: ", ")), or pixels of the shorter side, "
            + "\(sides.lowerBound) to \(sides.upperBound), as 256 or 256-bicubic"
            + Suggestion.question(for: text, among: names)
    }

    /// As on the command line: "stnet", "256", "256-bicubic".
    public init?(rawValue: String) {
        if let named = Self.allCases.first(where: { $0.rawValue == rawValue }) {
            self = named
            return
        }
        let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false)
        guard let digits = parts.first, digits.allSatisfy(\.isASCII), digits.first != "+", let side = Int(digits),
            InputPreparation.sides.contains(side)
        else { return nil }
        switch parts.dropFirst() {
        case []: self = .shorterSide(side, .bilinear)
        case ["bicubic"]: self = .shorterSide(side, .bicubic)
        default: return nil
        }
        // One text for each.
        guard self.rawValue == rawValue else { return nil }
    }

    public var rawValue: String {
        switch self {
        case .stnet: "stnet"
        case .torchvision: "torchvision"
        case .squash: "squash"
        case .shorterSide(let side, .bilinear): "\(side)"
        case .shorterSide(let side, let interpolation): "\(side)-\(interpolation.rawValue)"
        }
    }
}
