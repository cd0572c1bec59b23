/// A value on the pickle machine's stack. Containers are numbers of the heap's arrays, so that the cycles and the deep
/// nesting which a pickle can express need neither reference counting nor recursion.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// Beyond 64 bits: the file's bytes that hold it, little-endian two's complement.
    case longInteger(Range<Int>)
    case float(Double)
    case string(String)
    /// The file's bytes that hold it.
    case bytes(Range<Int>)
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)

    /// What it is, for an error's text.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a bool"
        case .integer, .longInteger: "an int"
        case .float: "a float"
        case .string: "a str"
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dict"
        case .global(let global): "`\(global.name)`"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }
}

/// A storage as its persistent id describes it; a tensor may use a window of it only.
struct PickledStorage {
    let dataType: TensorDataType
    let key: String
    /// Elements of the whole storage.
    let count: Int
    /// Elements of the storage that tensors over it may use.
    let window: Range<Int>

    var byteCount: Int { count * dataType.byteCount }
}

/// A tensor as the pickle describes it, not yet checked against its storage.
struct PickledTensor {
    let storage: Int
    /// Elements from the start of the storage's window.
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}

/// What a pickle has built.
struct PickleHeap {
    /// The elements of tuples and lists.
    var sequences: [[PickleValue]] = []
    /// The items of dicts in their order; a key that stands twice is kept twice.
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var storages: [PickledStorage] = []
    var tensors: [PickledTensor] = []

    /// The first item under a text key; nil when there is none, or when `container` is not a dict.
    func value(of key: String, in container: PickleValue) -> PickleValue? {
        guard case .dictionary(let number) = container else { return nil }
        return dictionaries[number].first { item in
            if case .string(key) = item.key { true } else { false }
        }?.value
    }

    /// The elements of a tuple of nothing but integers.
    func integers(_ value: PickleValue) -> [Int]? {
        guard case .tuple(let number) = value else { return nil }
        var result: [Int] = []
        for element in sequences[number] {
            guard case .integer(let integer) = element else { return nil }
            result.append(integer)
        }
        return result
    }
}
