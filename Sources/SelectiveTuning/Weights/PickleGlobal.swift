/// Every Python name that a pickle may mention; there is no way to add one at run time.
enum PickleGlobal: Sendable {
    case orderedDictionary
    /// Called as `_rebuild_tensor(storage, offset, size, stride)`.
    case rebuildTensor
    /// Called as `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`.
    case rebuildTensorV2
    /// Called as `_rebuild_parameter(tensor, requires_grad, hooks)`.
    case rebuildParameter
    /// Called as `_rebuild_parameter_with_state(tensor, requires_grad, hooks, state)`.
    case rebuildParameterWithState
    /// Called as `Parameter(tensor[, requires_grad])`.
    case parameter
    /// `torch.FloatStorage` and its like: named in a storage's persistent id, never called.
    case storage(TensorDataType)

    private static let all: [PickleGlobal] =
        [
            .orderedDictionary, .rebuildTensor, .rebuildTensorV2, .rebuildParameter, .rebuildParameterWithState,
            .parameter,
        ] + TensorDataType.allCases.filter { $0.storageClass != nil }.map { .storage($0) }
    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// By its module and name, joined with a dot; nil for any other than those listed here.
    init?(name: String) {
        guard let known = PickleGlobal.byName[name] else { return nil }
        self = known
    }

    var name: String {
        switch self {
        case .orderedDictionary: "collections.OrderedDict"
        case .rebuildTensor: "torch._utils._rebuild_tensor"
        case .rebuildTensorV2: "torch._utils._rebuild_tensor_v2"
        case .rebuildParameter: "torch._utils._rebuild_parameter"
        case .rebuildParameterWithState: "torch._utils._rebuild_parameter_with_state"
        case .parameter: "torch.nn.parameter.Parameter"
        case .storage(let dataType): "torch.\(dataType.storageClass ?? dataType.rawValue)"
        }
    }
}
