/// A Python name in a pickle. Those that make tensors are known; any other is only a name: nothing stands behind it that
/// could be called.
enum PickleGlobal: Sendable {
    case orderedDictionary
    /// Called as `_rebuild_tensor(storage, offset, size, stride)`.
    case rebuildTensor
    /// Called as `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata])`.
    case rebuildTensorV2
    /// Called as `_rebuild_tensor_v3(storage, offset, size, stride, requires_grad, hooks, dtype[, metadata])`: for types
    /// without a storage class.
    case rebuildTensorV3
    /// Called as `_rebuild_from_type_v2(function, type, its arguments, state)`: a tensor with attributes.
    case rebuildFromType
    /// Called as `_rebuild_device_tensor_from_cpu_tensor(tensor, dtype, device, requires_grad)`: one of a device whose
    /// memory PyTorch does not write as it is.
    case rebuildDeviceTensor
    /// Called as `_rebuild_parameter(tensor, requires_grad, hooks)`.
    case rebuildParameter
    /// Called as `_rebuild_parameter_with_state(tensor, requires_grad, hooks, state)`.
    case rebuildParameterWithState
    /// Called as `Parameter(tensor[, requires_grad])`.
    case parameter
    /// Called as `Tensor()`, its values are given by BUILD; or named as a type.
    case tensor
    /// Called as `Size((1, 2))`: a tuple.
    case size
    /// `torch.FloatStorage` and its like: named in a storage's persistent id, never called.
    case storage(TensorDataType)
    /// `torch.UntypedStorage`, whose elements are bytes, and those of quantized types.
    case opaqueStorage(name: String, elementBytes: Int)
    case other(String)

    private static let known: [PickleGlobal] =
        [
            .orderedDictionary, .rebuildTensor, .rebuildTensorV2, .rebuildTensorV3, .rebuildFromType,
            .rebuildDeviceTensor, .rebuildParameter, .rebuildParameterWithState, .parameter, .tensor, .size,
            .opaqueStorage(name: "torch.UntypedStorage", elementBytes: 1),
            .opaqueStorage(name: "torch.storage.UntypedStorage", elementBytes: 1),
            .opaqueStorage(name: "torch.QInt8Storage", elementBytes: 1),
            .opaqueStorage(name: "torch.QUInt8Storage", elementBytes: 1),
            .opaqueStorage(name: "torch.QInt32Storage", elementBytes: 4),
            .opaqueStorage(name: "torch.QUInt4x2Storage", elementBytes: 1),
            .opaqueStorage(name: "torch.QUInt2x4Storage", elementBytes: 1),
        ] + TensorDataType.allCases.filter { $0.storageClass != nil }.map { .storage($0) }
    private static let byName = Dictionary(uniqueKeysWithValues: known.map { ($0.name, $0) })
    /// Classes that old files name for the same things.
    private static let aliases = ["torch.nn.Parameter": "torch.nn.parameter.Parameter"]

    /// By its module and name, joined with a dot.
    init(name: String) {
        var standard = PickleGlobal.aliases[name] ?? name
        // A storage of a GPU holds the same bytes.
        if standard.hasPrefix("torch.cuda."), standard.hasSuffix("Storage") {
            standard = "torch." + standard.dropFirst("torch.cuda.".count)
        }
        self = PickleGlobal.byName[standard] ?? .other(name)
    }

    var name: String {
        switch self {
        case .orderedDictionary: "collections.OrderedDict"
        case .rebuildTensor: "torch._utils._rebuild_tensor"
        case .rebuildTensorV2: "torch._utils._rebuild_tensor_v2"
        case .rebuildTensorV3: "torch._utils._rebuild_tensor_v3"
        case .rebuildFromType: "torch._tensor._rebuild_from_type_v2"
        case .rebuildDeviceTensor: "torch._utils._rebuild_device_tensor_from_cpu_tensor"
        case .rebuildParameter: "torch._utils._rebuild_parameter"
        case .rebuildParameterWithState: "torch._utils._rebuild_parameter_with_state"
        case .parameter: "torch.nn.parameter.Parameter"
        case .tensor: "torch.Tensor"
        case .size: "torch.Size"
        case .storage(let dataType): "torch.\(dataType.storageClass ?? dataType.rawValue)"
        case .opaqueStorage(let name, _): name
        case .other(let name): name
        }
    }

    /// The type of a tensor's elements that the name stands for, as `torch.uint16`; nil for other names.
    var dataType: TensorDataType? {
        guard case .other(let name) = self, name.hasPrefix("torch.") else { return nil }
        return TensorDataType(torchName: String(name.dropFirst("torch.".count)))
    }
}
