/// A value on the pickle machine's stack. Containers are numbers of the heap's arrays, so that the cycles and the deep
/// nesting which a pickle can express need neither reference counting nor recursion.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// Beyond 64 bits: the pickle's bytes that hold it, little-endian two's complement.
    case longInteger(Range<Int>)
    case float(Double)
    case string(String)
    case bytes
    case tuple(Int)
    case list(Int)
    case dictionary(Int)
    case global(PickleGlobal)
    case storage(Int)
    case tensor(Int)
    /// What some class or function of Python's would make; here nothing is made.
    case opaque(Int)
}

/// A storage as its persistent id describes it; a tensor may use a window of it only.
struct PickledStorage {
    /// Nil where the elements are of no type that a tensor here can have.
    let dataType: TensorDataType?
    let elementBytes: Int
    let key: String
    /// Elements of the whole storage.
    let count: Int
    /// Elements of the storage that tensors over it may use.
    let window: Range<Int>

    var byteCount: Int { count * elementBytes }
}

/// A tensor as the pickle describes it, not yet checked against its storage.
struct PickledTensor {
    let storage: Int
    let dataType: TensorDataType
    /// Elements from the start of the storage's window.
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}

/// A value that stays unknown: what would make it, and what the pickle puts into it by key, as into a dict.
struct OpaqueValue {
    /// For an error's text, such as "an object of `argparse.Namespace`".
    let kind: String
    var items: [(key: PickleValue, value: PickleValue)] = []
}

/// What a pickle has built.
struct PickleHeap {
    /// The elements of tuples and lists.
    var sequences: [[PickleValue]] = []
    /// The items of dicts in their order; a key that stands twice is kept twice.
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var storages: [PickledStorage] = []
    /// Nil for one that has been made, and not been given its values.
    var tensors: [PickledTensor?] = []
    var opaques: [OpaqueValue] = []

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

    /// What a value is, for an error's text.
    func kind(_ value: PickleValue) -> String {
        switch value {
        case .none: "None"
        case .bool: "a bool"
        case .integer, .longInteger: "an int"
        case .float: "a float"
        case .string: "a str"
        case .bytes: "bytes"
        case .tuple: "a tuple"
        case .list: "a list"
        case .dictionary: "a dict"
        case .global(let global): "`\(printable(global.name))`"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .opaque(let number): opaques[number].kind
        }
    }
}
