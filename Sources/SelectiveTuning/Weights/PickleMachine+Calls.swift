/// The instructions that name something or call it: what is not listed here is refused.
extension PickleMachine {
    private static let lineLimit = 256

    /// A line of a GLOBAL, without its end.
    mutating func line() throws(WeightError) -> String {
        let start = cursor.position
        while cursor.position - start < PickleMachine.lineLimit {
            if try cursor.byte("a global's name") == 0x0a {
                return String(decoding: cursor.contents(of: start..<cursor.position - 1), as: UTF8.self)
            }
        }
        throw malformed("a global's name is longer than \(PickleMachine.lineLimit) bytes")
    }

    func global(module: String, name: String, refusing opcode: PickleOpcode? = nil) throws(WeightError) -> PickleValue {
        let name = "\(module).\(name)"
        guard let global = PickleGlobal(name: name) else { throw refused("global `\(printable(name))`") }
        if let opcode { throw refused("opcode \(opcode) of `\(printable(name))`") }
        return .global(global)
    }

    mutating func stackGlobal() throws(WeightError) {
        let parts = try pop(last: 2)
        guard case .string(let module) = parts[0], case .string(let name) = parts[1] else {
            throw malformed("expected STACK_GLOBAL's module and name as texts")
        }
        push(try global(module: module, name: name))
    }

    /// REDUCE: a constructor and the tuple of its arguments.
    mutating func call() throws(WeightError) {
        let (callable, arguments) = try calleeAndArguments("REDUCE")
        switch callable {
        case .orderedDictionary:
            push(try orderedDictionary(arguments))
        case .rebuildTensor where arguments.count == 4:
            push(try tensor(arguments))
        case .rebuildTensorV2 where arguments.count == 6 || arguments.count == 7:
            if arguments.count == 7 {
                // Metadata says that the values are to be conjugated or negated; none is expected.
                switch arguments[6] {
                case .none: break
                case .dictionary(let number) where heap.dictionaries[number].isEmpty: break
                default: throw refused("tensor with metadata (conjugated or negated)")
                }
            }
            push(try tensor(arguments))
        case .rebuildParameter where arguments.count == 3, .rebuildParameterWithState where arguments.count == 4:
            push(try parameter(arguments))
        case .parameter where arguments.count == 1 || arguments.count == 2:
            push(try parameter(arguments))
        default:
            throw refused("call of `\(callable.name)` with \(arguments.count) arguments")
        }
    }

    /// NEWOBJ: `cls.__new__(cls, *arguments)`.
    mutating func create() throws(WeightError) {
        let (callable, arguments) = try calleeAndArguments("NEWOBJ")
        switch callable {
        case .orderedDictionary where arguments.isEmpty: push(newDictionary())
        case .parameter where arguments.count == 1 || arguments.count == 2: push(try parameter(arguments))
        default: throw refused("creation of `\(callable.name)` with \(arguments.count) arguments")
        }
    }

    /// BUILD: attributes of an OrderedDict (`_metadata`) or a Parameter's state, which say nothing about its values.
    mutating func build() throws(WeightError) {
        let state = try pop()
        switch (try top(), state) {
        case (.dictionary, .dictionary), (.tensor, .tuple), (.tensor, .dictionary): return
        case (let object, _): throw refused("opcode BUILD of \(object.kind) from \(state.kind)")
        }
    }

    private mutating func calleeAndArguments(
        _ opcode: StaticString
    ) throws(WeightError) -> (PickleGlobal, [PickleValue]) {
        let operands = try pop(last: 2)
        guard case .global(let callable) = operands[0] else {
            throw refused("opcode \(opcode) that calls \(operands[0].kind)")
        }
        guard case .tuple(let number) = operands[1] else {
            throw malformed("expected \(opcode)'s arguments as a tuple, found \(operands[1].kind)")
        }
        let arguments = heap.sequences[number]
        try spend(arguments.count)
        return (callable, arguments)
    }

    /// From nothing, or from a list of pairs (Python 2).
    private mutating func orderedDictionary(_ arguments: [PickleValue]) throws(WeightError) -> PickleValue {
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
                default: throw malformed("expected an OrderedDict's items as pairs, found \(pair.kind)")
                }
            }
        default: throw refused("call of OrderedDict with \(arguments.count) arguments")
        }
        heap.dictionaries.append(items)
        return .dictionary(heap.dictionaries.count - 1)
    }

    private func parameter(_ arguments: [PickleValue]) throws(WeightError) -> PickleValue {
        guard case .tensor = arguments[0] else {
            throw malformed("expected a Parameter's tensor, found \(arguments[0].kind)")
        }
        return arguments[0]
    }

    private mutating func tensor(_ arguments: [PickleValue]) throws(WeightError) -> PickleValue {
        guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            let shape = heap.integers(arguments[2]), let strides = heap.integers(arguments[3])
        else {
            throw malformed("expected a tensor's storage, offset, shape and strides")
        }
        try spend(shape.count + strides.count)
        heap.tensors.append(PickledTensor(storage: storage, offset: offset, shape: shape, strides: strides))
        return .tensor(heap.tensors.count - 1)
    }

    /// BINPERSID: ("storage", class, key, device, elements[, None or (view's key, first element, elements)]).
    mutating func storage(_ identifier: PickleValue) throws(WeightError) -> PickleValue {
        guard case .tuple(let number) = identifier else {
            throw refused("persistent id that is \(identifier.kind)")
        }
        let parts = heap.sequences[number]
        guard parts.count == 5 || parts.count == 6, case .string("storage") = parts[0] else {
            throw refused("persistent id that is no storage")
        }
        guard case .global(.storage(let dataType)) = parts[1], case .string(let key) = parts[2],
            case .integer(let count) = parts[4], count >= 0, count <= cursor.file.count / dataType.byteCount
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
            default: throw malformed("expected a storage's view as a tuple, found \(parts[5].kind)")
            }
        }
        heap.storages.append(PickledStorage(dataType: dataType, key: key, count: count, window: window))
        return .storage(heap.storages.count - 1)
    }
}
