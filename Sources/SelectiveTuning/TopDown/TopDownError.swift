import CKernels

/// Why the top-down pass of an image stopped.
public enum TopDownError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `unit` is the index of an output unit of the layer, [height, width, channels].
    case notFinite(layer: String, unit: Int)
    case outOfRange(layer: String, unit: Int)
    case gatingOutOfRange(layer: String, unit: Int)
    case shapes(layer: String)
    case memory(layer: String)

    public var description: String {
        switch self {
        case .notFinite(let layer, let unit):
            "top-down pass, layer \(layer), unit \(unit): a product of weight and activity is infinite or not a number;"
                + " check the weights and the input"
        case .outOfRange(let layer, let unit):
            "top-down pass, layer \(layer), unit \(unit): the sum of |weight x activity|"
                + " must stay below 134217728 (2^27)"
        case .gatingOutOfRange(let layer, let unit):
            "top-down pass, layer \(layer), unit \(unit): gating beyond 32768"
                + " (2^63 in fixed point)"
        case .shapes(let layer):
            "top-down pass, layer \(layer): the shapes of weights, activities and gating do not fit each other"
        case .memory(let layer):
            "top-down pass, layer \(layer): no memory for its gating"
        }
    }

    /// Throws what a kernel found.
    package static func check(_ status: ck_td_status, layer: String, stats: ck_td_stats) throws(TopDownError) {
        let unit = Int(stats.error_unit)
        switch status {
        case CK_TD_OK: return
        case CK_TD_NOT_FINITE: throw .notFinite(layer: layer, unit: unit)
        case CK_TD_RANGE: throw .outOfRange(layer: layer, unit: unit)
        case CK_TD_GATING_RANGE: throw .gatingOutOfRange(layer: layer, unit: unit)
        case CK_TD_MEMORY: throw .memory(layer: layer)
        default: throw .shapes(layer: layer)
        }
    }
}
