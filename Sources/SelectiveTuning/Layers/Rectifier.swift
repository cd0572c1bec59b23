import Bytes

/// What follows a layer's sum: nothing, or a ReLU, which may have a ceiling (ReLU6).
public struct Rectifier: Sendable, Hashable {
    public var isOn: Bool
    /// Infinite without one.
    public var ceiling: Float

    public init(isOn: Bool, ceiling: Float = .infinity) {
        self.isOn = isOn
        self.ceiling = ceiling
    }

    public static let none = Rectifier(isOn: false, ceiling: .infinity)
    public static let relu = Rectifier(isOn: true, ceiling: .infinity)
    public static let relu6 = Rectifier(isOn: true, ceiling: 6)

    /// As the kernels take it: 0 for no ReLU, infinity for a plain one.
    var upperEnd: Float { isOn ? ceiling : 0 }
}

extension Rectifier {
    /// `relu` false where it is left out, and `ceiling`.
    init(fields: inout JSONFields) throws(JSONError) {
        isOn = try fields.optional("relu") == nil ? false : fields.bool("relu")
        ceiling = .infinity
        guard fields.optional("ceiling") != nil else { return }
        let given = try fields.double("ceiling")
        ceiling = Float(given)
        guard isOn else { throw fields.failure("ceiling", "is the ReLU's upper end, and relu is not true") }
        guard ceiling > 0, ceiling.isFinite else {
            throw fields.failure("ceiling", "expected a positive number that fits float32, found \(given)")
        }
    }

    var members: [(String, JSON)] {
        [("relu", .bool(isOn))] + (ceiling.isFinite ? [("ceiling", .float(ceiling))] : [])
    }
}
