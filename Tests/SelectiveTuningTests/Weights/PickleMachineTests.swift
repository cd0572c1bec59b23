import SelectiveTuning
import Testing

@Suite struct PickleMachineTests {
    private static let system = Pickle.text("posix") + Pickle.text("system")

    /// Instructions that name or call something, and what is told of the value that they leave.
    static let opaques: [([UInt8], String)] = [
        (Pickle.global("os", "system"), "`os.system`"),
        (system + Pickle.stackGlobal, "`posix.system`"),
        (Pickle.global("os\u{1b}[2J", "system"), "`os\\u{1B}[2J.system`"),
        (Pickle.global("os", "system") + Pickle.text("true") + Pickle.tuple1 + Pickle.reduce, "what `os.system` makes"),
        (
            Pickle.global("torch.storage", "_load_from_bytes") + Pickle.text("x") + Pickle.tuple1 + Pickle.reduce,
            "what `torch.storage._load_from_bytes` makes"
        ),
        (Pickle.mark + Pickle.text("x") + Array("ios\nsystem\n".utf8), "what `os.system` makes"),
        (Pickle.mark + Pickle.global("os", "system") + Pickle.text("x") + [0x6f], "what `os.system` makes"),
        ([0x82, 1], "extension 1"), ([0x83, 1, 0], "extension 1"), ([0x84, 1, 0, 0, 0], "extension 1"),
        (
            Pickle.global("a", "B") + Pickle.emptyTuple + Pickle.emptyDictionary + [0x92], "an object of `a.B`"
        ),
        (
            Pickle.global("argparse", "Namespace") + Pickle.emptyTuple + Pickle.newObject + Pickle.emptyDictionary
                + Pickle.build, "an object of `argparse.Namespace`"
        ),
        (Array("P0\n".utf8), "persistent id \"0\""),
        (Pickle.text("x") + Pickle.persistentID, "a persistent id that is no storage"),
        (Pickle.text("module") + Pickle.tuple1 + Pickle.persistentID, "a persistent id that is no storage"),
        (Pickle.text("x") + Pickle.emptyTuple + Pickle.reduce, "what a str makes"),
        (
            Pickle.global("torch", "FloatStorage") + Pickle.integer(9) + Pickle.tuple1 + Pickle.reduce,
            "what `torch.FloatStorage` makes"
        ),
        (
            Pickle.global("torch._utils", "_rebuild_tensor_v2") + Pickle.emptyTuple + Pickle.reduce,
            "what `torch._utils._rebuild_tensor_v2` makes"
        ),
        (
            Pickle.global("a", "call") + Pickle.emptyTuple + Pickle.reduce + Pickle.emptyTuple + Pickle.reduce,
            "what what `a.call` makes makes"
        ),
        (Pickle.emptyList + Pickle.none + Pickle.build, "a list"),
        ([0x8f], "a set"), ([0x8f] + Pickle.mark + Pickle.integer(1) + [0x90], "a set"),
        (Pickle.mark + Pickle.integer(1) + [0x91], "a frozenset"),
        ([0x96, 1] + [UInt8](repeating: 0, count: 8), "bytes"),
        (Array("I01\n".utf8), "a bool"), (Array("I7\n".utf8), "an int"), (Array("L7L\n".utf8), "an int"),
        (Array("F1.5\n".utf8), "a float"), (Array("S'x'\n".utf8), "a str"), (Array("Vx\n".utf8), "a str"),
        ([0x8b, 2, 0, 0, 0, 1, 1], "an int"), (Pickle.mark + Pickle.none + [0x6c], "a list"),
        (Pickle.none + [0x32, 0x30], "None"), (Pickle.none + Pickle.mark + [0x30], "None"),
        (Pickle.none + Pickle.mark + Pickle.none + [0x31], "None"),
        (Pickle.none + Array("p5\ng5\n".utf8) + [0x30], "None"),
        ([0x8c, 3, 0xed, 0xa0, 0x80], "a str that is not UTF-8"),
    ]

    @Test("What Python would make of a name stays opaque: the tensor beside it is read", arguments: opaques)
    func opaqueValues(program: [UInt8], kind: String) throws {
        let folder = try TemporaryFolder()
        let tensor = Pickle.tensor(Pickle.storage(count: 1), offset: 0, shape: [1], strides: [1])
        let object = Pickle.dictionary([("odd", program), ("t", tensor)])
        let weights = try WeightFile.open(
            path: folder.file("odd", Pickle.legacyFile(object, storages: [("0", [2.5])])))
        #expect(weights.names == ["t"])
        #expect(try weights.tensor("t", expecting: [1]) == [2.5])
        if kind != "a list" {
            let error = #expect(throws: WeightError.self) { try weights.tensor("odd", expecting: [1]) }
            #expect(error?.description.contains("\"odd\" is \(kind), expected a tensor") == true, "\(error!)")
        }
        // By itself it is no state dict.
        let alone = try #require(try openingError(Pickle.legacyFile(program)))
        #expect(alone.contains("holds \(kind), expected a state dict"), "\(alone)")
    }

    @Test(
        "What lies outside of the file is refused by name and place",
        arguments: [
            ([0x97], "opcode NEXT_BUFFER"), ([0x98], "opcode READONLY_BUFFER"), ([0xff], "opcode 0xff"),
            ([0x80, 6], "pickle protocol 6"),
        ] as [([UInt8], String)])
    func refusals(program: [UInt8], construct: String) throws {
        let error = try #require(try openingError([0x80, 2] + Pickle.none + program + Pickle.stop))
        #expect(error.contains(": refused \(construct) at byte 3: "), "\(error)")
    }

    @Test("A tensor's own forms: an empty one that BUILD fills, one with attributes, one of a type without a class")
    func otherTensors() throws {
        let folder = try TemporaryFolder()
        let storage = Pickle.storage(count: 2)
        let state =
            Pickle.mark + storage + Pickle.integer(0) + Pickle.integers([2]) + Pickle.integers([1]) + Pickle.tuple
        let built = Pickle.global("torch", "Tensor") + Pickle.emptyTuple + Pickle.newObject + state + Pickle.build
        let parts =
            Pickle.mark + storage + Pickle.integer(1) + Pickle.integers([1]) + Pickle.integers([1]) + Pickle.tuple
        let function = Pickle.mark + Pickle.global("torch._utils", "_rebuild_tensor")
        func typed(_ type: [UInt8]) -> [UInt8] {
            Pickle.global("torch._tensor", "_rebuild_from_type_v2") + function + type + parts + Pickle.emptyDictionary
                + Pickle.tuple + Pickle.reduce
        }
        let words = Pickle.storage("UntypedStorage", key: "1", count: 8)
        let third =
            Pickle.global("torch._utils", "_rebuild_tensor_v3") + Pickle.mark + words + Pickle.integer(1)
            + Pickle.integers([3]) + Pickle.integers([1]) + [0x89] + Pickle.none + Pickle.global("torch", "uint16")
            + Pickle.tuple + Pickle.reduce
        func moved(_ type: String) -> [UInt8] {
            let tensor = Pickle.tensor(storage, offset: 0, shape: [2], strides: [1])
            return Pickle.global("torch._utils", "_rebuild_device_tensor_from_cpu_tensor") + Pickle.mark + tensor
                + Pickle.global("torch", type) + Pickle.text("xla:0") + [0x89] + Pickle.tuple + Pickle.reduce
        }
        let object = Pickle.dictionary([
            ("moved", moved("float32")), ("converted", moved("float64")), ("built", built),
            ("typed", typed(Pickle.global("torch", "Tensor"))),
            ("subclass", typed(Pickle.global("a", "Quantized"))), ("words", third),
        ])
        // The last storage's count is in bytes.
        var bytes = Pickle.legacyFile(object, storages: [("0", [1, 2]), ("1", [3, 4])])
        bytes[bytes.count - 16] = 8
        let weights = try WeightFile.open(path: folder.file("forms", bytes))
        #expect(weights.names == ["built", "moved", "typed", "words"])
        #expect(try weights.tensor("moved", expecting: [2]) == [1, 2])
        #expect(try weights.tensor("built", expecting: [2]) == [1, 2])
        #expect(try weights.tensor("typed", expecting: [1]) == [2])
        #expect(weights.dataType(of: "words") == .uint16 && weights.shape(of: "words") == [3])
        let error = #expect(throws: WeightError.self) { try weights.tensor("subclass", expecting: [1]) }
        #expect(error?.description.contains("is an object of `a.Quantized`") == true)
    }

    @Test(
        "A tensor that does not fit its storage is an error",
        arguments: [
            (0, [3], [1], "leaves its storage"), (1, [2], [1], "leaves its storage"),
            (0, [2, 2], [1, 1], "leaves its storage"), (3, [0], [1], "starts at element 3"),
            (-1, [1], [1], "starts at element -1"), (0, [2], [-1], "none negative"), (0, [-2], [1], "is negative"),
            (0, [2], [Int.max], "leaves its storage"), (1, [3], [Int.max / 2], "leaves its storage"),
            (0, [1 << 32, 1 << 32], [0, 0], "overflows"), (0, [1 << 40], [0], "repeats elements"),
            (0, [2], [], "one a dimension"), (2, [], [], "no element"),
            (0, [Int](repeating: 1, count: 65), [Int](repeating: 1, count: 65), "dimensions of"),
        ] as [(Int, [Int], [Int], String)])
    func tensorBounds(offset: Int, shape: [Int], strides: [Int], text: String) throws {
        let tensor = Pickle.tensor(Pickle.storage(count: 2), offset: offset, shape: shape, strides: strides)
        let error = try openingError(
            Pickle.legacyFile(Pickle.dictionary([("t", tensor)]), storages: [("0", [1, 2])]))
        #expect(error?.contains(text) == true, "\(error ?? "opened")")
        #expect(error?.contains("\"t\"") == true)
    }

    @Test("A view of a storage bounds its tensors, and counts from its own start")
    func storageViews() throws {
        let folder = try TemporaryFolder()
        func program(first: Int, length: Int, offset: Int) -> [UInt8] {
            let view = Pickle.mark + Pickle.text("v") + Pickle.integer(first) + Pickle.integer(length) + Pickle.tuple
            let storage = Pickle.storage(count: 4, view: view)
            let tensor = Pickle.tensor(storage, offset: offset, shape: [1], strides: [1])
            return Pickle.legacyFile(Pickle.dictionary([("t", tensor)]), storages: [("0", [1, 2, 3, 4])])
        }
        let weights = try WeightFile.open(path: folder.file("view", program(first: 1, length: 2, offset: 1)))
        #expect(try weights.tensor("t", expecting: [1]) == [3])
        #expect(try openingError(program(first: 1, length: 2, offset: 2))?.contains("leaves its storage") == true)
        #expect(try openingError(program(first: 3, length: 2, offset: 0))?.contains("leaves its 4 elements") == true)
    }

    @Test("Storages that contradict each other or the file are an error")
    func storages() throws {
        func error(_ tensors: [[UInt8]], _ storages: [(key: String, values: [Float])]) throws -> String? {
            let items = tensors.enumerated().map { ("t\($0.offset)", $0.element) }
            return try openingError(Pickle.legacyFile(Pickle.dictionary(items), storages: storages))
        }
        func tensor(_ storage: [UInt8], _ count: Int) -> [UInt8] {
            Pickle.tensor(storage, offset: 0, shape: [count], strides: [1])
        }
        let two = tensor(Pickle.storage(count: 2), 2)
        #expect(try error([two], [("0", [1, 2])]) == nil)
        #expect(try error([two], [("0", [1, 2, 3])])?.contains("found 3 elements, expected 2") == true)
        #expect(try error([two], [])?.contains("\"0\" is not among the storages") == true)
        #expect(try error([two], [("1", [1, 2])])?.contains("does not fit the pickled object") == true)
        #expect(try error([two], [("0", [1, 2]), ("0", [1, 2])])?.contains("does not fit") == true)
        let larger = tensor(Pickle.storage(count: 90), 90)
        #expect(try error([larger, two], [("0", [1, 2])])?.contains("found 8 bytes in storage \"0\"") == true)
        let huge = tensor(Pickle.storage("DoubleStorage", count: 1 << 60), 1)
        #expect(try error([huge], [("0", [1, 2])])?.contains("count of elements within the file's size") == true)
    }

    @Test("A name that stands twice is an error where it is needed")
    func duplicateNames() throws {
        let folder = try TemporaryFolder()
        let tensor = Pickle.tensor(Pickle.storage(count: 1), offset: 0, shape: [1], strides: [1])
        let twice = Pickle.dictionary([
            ("a", tensor), ("a", tensor), ("b.c", tensor), ("b", Pickle.dictionary([("c", tensor)])), ("d", tensor),
        ])
        let weights = try WeightFile.open(path: folder.file("twice", Pickle.legacyFile(twice, storages: [("0", [1])])))
        #expect(weights.names == ["a", "b.c", "d"])
        for name in ["a", "b.c"] {
            let error = #expect(throws: WeightError.self) { try weights.tensor(name, expecting: [1]) }
            #expect(error?.description.contains("tensor \"\(name)\": found twice") == true)
        }
        #expect(try weights.tensor("d", expecting: [1]) == [1])
    }

    @Test("Cycles, deep nesting and far memo numbers take no recursion and no memory")
    func oddStructures() throws {
        let cycle = Pickle.emptyList + Pickle.put(0) + Pickle.get(0) + Pickle.append
        #expect(try openingError(Pickle.legacyFile(cycle))?.contains("holds a list") == true)
        let deep = Pickle.emptyTuple + [UInt8](repeating: Pickle.tuple1[0], count: 1_000_000)
        #expect(try openingError(Pickle.legacyFile(deep))?.contains("holds a tuple") == true)
        let far = Pickle.emptyDictionary + [0x72, 0xff, 0xff, 0xff, 0xff]
        #expect(try openingError(Pickle.legacyFile(far)) == nil)
    }

    @Test("Copies of copies stop at the limit of work")
    func workLimit() throws {
        let pair = Pickle.none + Pickle.none + Pickle.tuple2 + Pickle.append
        let list = Pickle.emptyList + [[UInt8]](repeating: pair, count: 20_000).joined()
        let copy =
            Pickle.global("collections", "OrderedDict") + Pickle.get(0) + Pickle.tuple1 + Pickle.reduce
        let bomb = list + Pickle.put(0) + [[UInt8]](repeating: copy, count: 10_000).joined()
        #expect(try openingError(Pickle.legacyFile(bomb))?.contains("steps of a pickle: found") == true)
        let long = [UInt8](repeating: Pickle.none[0], count: 10_100_000)
        #expect(try openingError(Pickle.legacyFile(long))?.contains("steps of a pickle: found") == true)
    }

    @Test(
        "A stack that runs dry is an error",
        arguments: [
            Pickle.tuple1, Pickle.tuple, Pickle.append, Pickle.setItem, Pickle.reduce, Pickle.build, Pickle.put(0),
            Pickle.get(7), Pickle.none + Pickle.mark + Pickle.tuple1, Pickle.persistentID, Pickle.stackGlobal, [0x65],
            [0x75], [], Pickle.emptyDictionary + Pickle.mark + Pickle.none + [0x75],
            Pickle.none + Pickle.none + Pickle.append,
        ] as [[UInt8]])
    func stackErrors(program: [UInt8]) throws {
        #expect(try openingError(Pickle.legacyFile(program))?.contains("malformed at byte ") == true)
    }
}
