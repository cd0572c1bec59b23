import Bytes

/// The tensors in a pickled object, each under the keys that lead to it, joined with dots: a state dict, or a checkpoint
/// that holds one beside other things, however deep.
struct PickledTree {
    private let heap: PickleHeap
    private let file: MappedFile
    private var tensors: [(name: String, number: Int)] = []
    /// What stands under a text key in a dict and is no tensor, by the same kind of name.
    private var others: [String: String] = [:]
    private var dictionaries: Set<String> = []
    private let root: PickleValue

    init(_ object: (root: PickleValue, heap: PickleHeap), file: MappedFile) {
        root = object.root
        heap = object.heap
        self.file = file
        collect()
    }

    /// Visits each container once, by the first way to it: one state dict under two names is one state dict.
    private mutating func collect() {
        enum Container: Hashable {
            case sequence(Int)
            case dictionary(Int)
            case opaque(Int)
        }
        var visited: Set<Container> = []
        var pending: [(name: String, value: PickleValue)] = [("", root)]
        func children(_ name: String, _ items: [(key: PickleValue, value: PickleValue)]) -> [(String, PickleValue)] {
            items.compactMap { key, value in step(key).map { (name.isEmpty ? $0 : "\(name).\($0)", value) } }
        }
        while let (name, value) = pending.popLast() {
            // Deep nesting would cost the square of its depth.
            guard name.utf8.count <= WeightFileContents.nameLimit else { continue }
            switch value {
            case .tensor(let number):
                if heap.tensors[number] != nil {
                    tensors.append((name, number))
                } else {
                    others[name] = "a tensor without values"
                }
            case .dictionary(let number):
                dictionaries.insert(name)
                guard visited.insert(.dictionary(number)).inserted else { continue }
                pending += children(name, heap.dictionaries[number]).reversed()
            case .opaque(let number):
                guard visited.insert(.opaque(number)).inserted else { continue }
                let items = heap.opaques[number].items
                if items.isEmpty { others[name] = heap.opaques[number].kind } else { dictionaries.insert(name) }
                pending += children(name, items).reversed()
            case .list(let number), .tuple(let number):
                guard visited.insert(.sequence(number)).inserted else { continue }
                for (place, element) in heap.sequences[number].enumerated().reversed() {
                    switch element {
                    case .tensor, .dictionary, .opaque, .list, .tuple:
                        pending.append((name.isEmpty ? "\(place)" : "\(name).\(place)", element))
                    default: break
                    }
                }
            default: others[name] = heap.kind(value)
            }
        }
    }

    /// A key as a part of a name, as Python prints it; nil for one that is no single value.
    private func step(_ key: PickleValue) -> String? {
        switch key {
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .bool(let value): value ? "True" : "False"
        case .none: "None"
        default: nil
        }
    }

    /// - Parameter bytes: says which bytes of the file hold a storage.
    func contents(
        isBigEndian: Bool = false, elementLimit: Int, bytes: (PickledStorage) throws(WeightError) -> StorageBytes
    ) throws(WeightError) -> WeightFileContents {
        guard !tensors.isEmpty || isEmptyDictionary else {
            throw .noStateDictionary(path: file.path, found: description)
        }
        var contents = WeightFileContents()
        contents.others = others
        contents.dictionaries = dictionaries
        for (name, number) in tensors {
            guard let tensor = heap.tensors[number] else { continue }
            let storage = heap.storages[tensor.storage]
            let place = try bytes(storage)
            guard place.count == storage.byteCount else {
                throw .badTensor(
                    path: file.path, tensor: name,
                    problem: "found \(place.count) bytes in storage \"\(printable(storage.key))\", "
                        + "expected \(storage.byteCount)")
            }
            let start = storage.window.lowerBound * storage.elementBytes
            let stored = try StoredTensor.checked(
                path: file.path, name: name, dataType: tensor.dataType, shape: tensor.shape, strides: tensor.strides,
                firstElement: tensor.offset, storage: place,
                window: start..<start + storage.window.count * storage.elementBytes, isBigEndian: isBigEndian,
                elementLimit: elementLimit)
            try contents.add(stored, named: name, path: file.path)
        }
        return contents
    }

    private var isEmptyDictionary: Bool {
        if case .dictionary(let number) = root { heap.dictionaries[number].isEmpty } else { false }
    }

    /// What an object without tensors is.
    private var description: String {
        guard case .dictionary = root else { return heap.kind(root) }
        let first = others.filter { $0.value.contains("`") }.min { $0.key < $1.key }
        return "a dict without tensors" + (first.map { " (\"\(printable($0.key))\" is \($0.value))" } ?? "")
    }
}
