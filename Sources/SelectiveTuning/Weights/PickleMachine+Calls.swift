/// The instructions that name something or call it. What makes a tensor is described as one; all else is opaque.
extension PickleMachine {
    func global(module: String, name: String) -> PickleValue { .global(PickleGlobal(name: "\(module).\(name)")) }

    mutating func stackGlobal() throws(WeightError) {
        let parts = try pop(last: 2)
        guard case .string(let module) = parts[0], case .string(let name) = parts[1] else {
            throw malformed("expected STACK_GLOBAL's module and name as texts")
        }
        push(global(module: module, name: name))
    }

    /// REDUCE: a constructor and the tuple of its arguments.
    mutating func call(_ opcode: StaticString) throws(WeightError) {
        let (callable, arguments) = try calleeAndArguments(opcode)
        try call(callable, arguments)
    }

    mutating func call(_ callable: PickleValue, _ arguments: [PickleValue]) throws(WeightError) {
        guard case .global(let global) = callable else {
            return push(opaque("what \(heap.kind(callable)) makes"))
        }
        push(try made(by: global, arguments) ?? opaque("what `\(printable(global.name))` makes"))
    }

    /// Nil for what stays opaque.
    private mutating func made(
        by global: PickleGlobal, _ arguments: [PickleValue]
    ) throws(WeightError) -> PickleValue? {
        switch global {
        case .orderedDictionary: return try orderedDictionary(arguments)
        case .rebuildTensor where arguments.count == 4: return try tensor(arguments)
        case .rebuildTensorV2 where arguments.count == 6 || arguments.count == 7:
            if let mark = mark(of: arguments.dropFirst(6).first) { return opaque(mark) }
            return try tensor(arguments)
        case .rebuildTensorV3 where arguments.count == 7 || arguments.count == 8:
            if let mark = mark(of: arguments.dropFirst(7).first) { return opaque(mark) }
            guard case .global(let type) = arguments[6], let dataType = type.dataType else { return nil }
            return try tensor(arguments, dataType: dataType)
        case .rebuildFromType where arguments.count == 4:
            // A subclass may mean something else by the same values.
            guard case .global(let function) = arguments[0], case .tuple(let number) = arguments[2] else { return nil }
            switch (function, arguments[1]) {
            case (.rebuildFromType, _): return nil
            case (_, .global(.tensor)), (_, .global(.parameter)): return try made(by: function, heap.sequences[number])
            default: return opaque("an object of \(heap.kind(arguments[1]))")
            }
        case .rebuildDeviceTensor where arguments.count == 4:
            guard case .tensor(let number) = arguments[0], case .global(let type) = arguments[1],
                let dataType = type.dataType, heap.tensors[number]?.dataType == dataType
            else { return nil }
            return arguments[0]
        case .rebuildParameter where arguments.count == 3, .rebuildParameterWithState where arguments.count == 4,
            .parameter where arguments.count == 1 || arguments.count == 2:
            switch arguments[0] {
            case .tensor, .opaque: return arguments[0]
            default: return nil
            }
        case .tensor where arguments.isEmpty:
            heap.tensors.append(nil)
            return .tensor(heap.tensors.count - 1)
        case .size where arguments.count == 1: return arguments[0]
        default: return nil
        }
    }

    /// Metadata says that a tensor's values are to be conjugated or negated: they are not the ones that lie there.
    private func mark(of metadata: PickleValue?) -> String? {
        switch metadata {
        case nil, .some(.none): nil
        case .dictionary(let number) where heap.dictionaries[number].isEmpty: nil
        default: "a tensor with metadata (conjugated or negated)"
        }
    }

    /// NEWOBJ: `cls.__new__(cls, *arguments)`.
    mutating func create() throws(WeightError) {
        let (callable, arguments) = try calleeAndArguments("NEWOBJ")
        try create(callable, arguments)
    }

    /// NEWOBJ_EX: with arguments by name too.
    mutating func createWithKeywords() throws(WeightError) {
        let operands = try pop(last: 3)
        push(opaque("an object of \(heap.kind(operands[0]))"))
    }

    private mutating func create(_ callable: PickleValue, _ arguments: [PickleValue]) throws(WeightError) {
        switch callable {
        case .global(.orderedDictionary), .global(.parameter), .global(.tensor): try call(callable, arguments)
        default: push(opaque("an object of \(heap.kind(callable))"))
        }
    }

    /// BUILD: attributes, which say nothing about values, but for a `torch.Tensor` of old, which gets its values here.
    mutating func build() throws(WeightError) {
        let state = try pop()
        switch (try top(), state) {
        case (.tensor(let number), .tuple(let tuple)) where heap.tensors[number] == nil:
            let parts = heap.sequences[tuple]
            guard parts.count == 4, case .tensor(let made)? = try tensor(parts) else { return }
            heap.tensors[number] = heap.tensors[made]
        default: return
        }
    }

    private mutating func calleeAndArguments(
        _ opcode: StaticString
    ) throws(WeightError) -> (PickleValue, [PickleValue]) {
        let operands = try pop(last: 2)
        guard case .tuple(let number) = operands[1] else {
            // What is opaque may have made them.
            guard case .opaque = operands[1] else {
                throw malformed("expected \(opcode)'s arguments as a tuple, found \(heap.kind(operands[1]))")
            }
            return (operands[0], [])
        }
        let arguments = heap.sequences[number]
        try spend(arguments.count)
        return (operands[0], arguments)
    }

    /// From nothing, or from a list of pairs (Python 2); nil from anything else.
    private mutating func orderedDictionary(_ arguments: [PickleValue]) throws(WeightError) -> PickleValue? {
        var items: [(key: PickleValue, value: PickleValue)] = []
        switch (arguments.count, arguments.first) {
        case (0, _): break
        case (1, .list(let number)), (1, .tuple(let number)):
            try spend(heap.sequences[number].count)
            for pair in heap.sequences[number] {
                switch pair {
                case .list(let pair) where heap.sequences[pair].count == 2,
                    .tuple(let pair) where heap.sequences[pair].count == 2:
                    items.append((heap.sequences[pair][0], heap.sequences[pair][1]))
                default: return nil
                }
            }
        default: return nil
        }
        heap.dictionaries.append(items)
        return .dictionary(heap.dictionaries.count - 1)
    }

    /// From a storage, an offset, a shape and strides; nil over a storage whose elements are of no type known here.
    /// - Parameter dataType: where the storage's own says nothing.
    private mutating func tensor(
        _ arguments: [PickleValue], dataType given: TensorDataType? = nil
    ) throws(WeightError) -> PickleValue? {
        if case .opaque = arguments[0] { return nil }
        guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            let shape = heap.integers(arguments[2]), let strides = heap.integers(arguments[3])
        else {
            throw malformed("expected a tensor's storage, offset, shape and strides")
        }
        guard let dataType = given ?? heap.storages[storage].dataType else { return nil }
        try spend(shape.count + strides.count)
        heap.tensors.append(
            PickledTensor(storage: storage, dataType: dataType, offset: offset, shape: shape, strides: strides))
        return .tensor(heap.tensors.count - 1)
    }

    /// BINPERSID: ("storage", class, key, device, elements[, None or (view's key, first element, elements)]).
    mutating func storage(_ identifier: PickleValue) throws(WeightError) -> PickleValue {
        guard case .tuple(let number) = identifier else { return opaque("a persistent id that is no storage") }
        let parts = heap.sequences[number]
        guard parts.count == 5 || parts.count == 6, case .string("storage") = parts[0] else {
            // ("module", class, file, source): what old PyTorch wrote in the place of a class.
            return opaque("a persistent id that is no storage")
        }
        let (dataType, elementBytes): (TensorDataType?, Int)
        switch parts[1] {
        case .global(.storage(let type)): (dataType, elementBytes) = (type, type.byteCount)
        case .global(.opaqueStorage(_, let bytes)): (dataType, elementBytes) = (nil, bytes)
        default: return opaque("a storage of \(heap.kind(parts[1]))")
        }
        guard case .string(let key) = parts[2],
            case .integer(let count) = parts[4], count >= 0, count <= storageLimit / elementBytes
        else {
            throw malformed("expected a storage's class, key and a count of elements within the file's size")
        }
        var window = 0..<count
        if parts.count == 6 {
            switch parts[5] {
            case .none: break
            case .tuple(let view):
                guard heap.sequences[view].count == 3, case .integer(let first) = heap.sequences[view][1],
                    case .integer(let length) = heap.sequences[view][2],
                    (0...count).contains(first), (0...(count - first)).contains(length)
                else {
                    throw malformed("storage \"\(printable(key))\": a view that leaves its \(count) elements")
                }
                window = first..<first + length
            default: throw malformed("expected a storage's view as a tuple, found \(heap.kind(parts[5]))")
            }
        }
        heap.storages.append(
            PickledStorage(
                dataType: dataType, elementBytes: elementBytes, key: key, count: count, window: window))
        return .storage(heap.storages.count - 1)
    }
}
