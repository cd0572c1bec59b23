import Bytes

/// The tensors by name in a pickled object: a model's state dict itself, or a checkpoint that wraps one.
struct StateDictionary {
    /// Under which keys checkpoints keep the model's state dict.
    private static let wrappers = ["state_dict", "model_state_dict", "model"]
    /// `DataParallel` puts this before each name.
    private static let parallelPrefix = "module."

    private let heap: PickleHeap
    private let items: [(key: PickleValue, value: PickleValue)]
    private let file: MappedFile
    private var path: String { file.path }

    init(_ object: (root: PickleValue, heap: PickleHeap), file: MappedFile) throws(WeightError) {
        var dictionary = object.root
        for wrapper in StateDictionary.wrappers {
            if case .dictionary(let number)? = object.heap.value(of: wrapper, in: object.root) {
                dictionary = .dictionary(number)
                break
            }
        }
        guard case .dictionary(let number) = dictionary else {
            throw .noStateDictionary(path: file.path, found: dictionary.kind)
        }
        heap = object.heap
        items = object.heap.dictionaries[number]
        self.file = file
    }

    /// Items that are no tensors are left out.
    /// - Parameter bytes: says which bytes of the file hold a storage.
    func contents(
        bytes: (PickledStorage) throws(WeightError) -> Range<Int>
    ) throws(WeightError) -> WeightFileContents {
        var named: [(name: String, tensor: PickledTensor)] = []
        for item in items {
            guard case .tensor(let number) = item.value else { continue }
            guard case .string(let name) = item.key else {
                throw .noStateDictionary(path: path, found: "a tensor under a key that is \(item.key.kind)")
            }
            named.append((name, heap.tensors[number]))
        }
        guard !named.isEmpty || items.isEmpty else {
            throw .noStateDictionary(path: path, found: "a dict without tensors")
        }
        let isParallel = !named.isEmpty && named.allSatisfy { $0.name.hasPrefix(StateDictionary.parallelPrefix) }
        var contents = WeightFileContents()
        for (name, tensor) in named {
            let name = isParallel ? String(name.dropFirst(StateDictionary.parallelPrefix.count)) : name
            let storage = heap.storages[tensor.storage]
            let place = try bytes(storage)
            guard place.count == storage.byteCount else {
                throw .badTensor(
                    path: path, tensor: name,
                    problem: "found \(place.count) bytes in storage \"\(printable(storage.key))\", "
                        + "expected \(storage.byteCount)")
            }
            let size = storage.dataType.byteCount
            let start = place.lowerBound + storage.window.lowerBound * size
            let window = start..<start + storage.window.count * size
            let stored = try StoredTensor.checked(
                path: path, name: name, dataType: storage.dataType, shape: tensor.shape, strides: tensor.strides,
                firstElement: tensor.offset, storage: window, elementLimit: file.count)
            try contents.add(stored, named: name, path: path)
        }
        return contents
    }
}
