import SelectiveTuning
import Testing

@Suite struct PickleMachineTests {
    private static let system = Pickle.text("posix") + Pickle.text("system")

    @Test(
        "Whatever names or calls anything but tensors' constructors is refused by its name",
        arguments: [
            (Pickle.global("os", "system"), "global `os.system`"),
            (system + Pickle.stackGlobal, "global `posix.system`"),
            (Pickle.text("torch") + Pickle.text("serialization.os.system") + Pickle.stackGlobal, "os.system`"),
            (Pickle.global("__builtin__", "eval"), "global `__builtin__.eval`"),
            (Pickle.global("torch.storage", "_load_from_bytes"), "global `torch.storage._load_from_bytes`"),
            (Pickle.global("torch", "load"), "global `torch.load`"),
            (Pickle.global("torch", "UInt7Storage"), "global `torch.UInt7Storage`"),
            (Pickle.global("os\u{1b}[2J", "system"), "global `os\\u{1B}[2J.system`"),
            (Pickle.mark + Array("ios\nsystem\n".utf8), "global `os.system`"),
            (Pickle.mark + Array("icollections\nOrderedDict\n".utf8), "opcode INST of `collections.OrderedDict`"),
            (Pickle.mark + Pickle.global("collections", "OrderedDict") + [0x6f], "opcode OBJ"),
            ([0x82, 1], "opcode EXT1"), ([0x83, 1, 0], "opcode EXT2"), ([0x84, 1, 0, 0, 0], "opcode EXT4"),
            (Pickle.emptyTuple + Pickle.emptyTuple + Pickle.emptyDictionary + [0x92], "opcode NEWOBJ_EX"),
            (Array("P0\n".utf8), "opcode PERSID"), ([0x30], "opcode POP"), ([0x97], "opcode NEXT_BUFFER"),
            ([0xff], "opcode 0xff"), ([0x80, 6], "pickle protocol 6"),
            (Pickle.text("x") + Pickle.emptyTuple + Pickle.reduce, "opcode REDUCE that calls a str"),
            (
                Pickle.global("torch", "FloatStorage") + Pickle.integer(9) + Pickle.tuple1 + Pickle.reduce,
                "call of `torch.FloatStorage` with 1 arguments"
            ),
            (
                Pickle.global("torch._utils", "_rebuild_tensor_v2") + Pickle.emptyTuple + Pickle.newObject,
                "creation of `torch._utils._rebuild_tensor_v2` with 0 arguments"
            ),
            (
                Pickle.global("collections", "OrderedDict") + Pickle.emptyDictionary + Pickle.build,
                "opcode BUILD of `collections.OrderedDict` from a dict"
            ),
            (Pickle.emptyList + Pickle.none + Pickle.build, "opcode BUILD of a list from None"),
            (Pickle.text("x") + Pickle.persistentID, "persistent id that is a str"),
            (Pickle.text("module") + Pickle.tuple1 + Pickle.persistentID, "persistent id that is no storage"),
        ] as [([UInt8], String)])
    func refusals(program: [UInt8], construct: String) throws {
        // Once as the object of a whole file, and once as a bare pickle.
        for bytes in [Pickle.legacyFile(program), [0x80, 2] + program + Pickle.stop] {
            let error = try #require(try openingError(bytes))
            #expect(error.hasPrefix("refused ") && error.contains("\(construct) in "), "\(error)")
            #expect(error.contains(" at byte "))
        }
    }

    @Test("A refusal says where in the file the instruction stands")
    func place() throws {
        let error = try #require(try openingError([0x80, 2] + Pickle.none + Pickle.global("os", "system")))
        #expect(error.contains(" at byte 3:"))
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

    @Test("A name that stands twice is an error, DataParallel's prefix counted off")
    func duplicateNames() throws {
        let tensor = Pickle.tensor(Pickle.storage(count: 1), offset: 0, shape: [1], strides: [1])
        let twice = Pickle.dictionary([("a", tensor), ("a", tensor)])
        let error = try openingError(Pickle.legacyFile(twice, storages: [("0", [1])]))
        #expect(error?.contains("tensor \"a\": found twice") == true)
        let folder = try TemporaryFolder()
        let mixed = Pickle.dictionary([("module.a", tensor), ("a", tensor)])
        let weights = try WeightFile.open(path: folder.file("mixed", Pickle.legacyFile(mixed, storages: [("0", [1])])))
        #expect(weights.names == ["a", "module.a"])
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
        let list = Pickle.emptyList + [[UInt8]](repeating: pair, count: 10_000).joined()
        let copy =
            Pickle.global("collections", "OrderedDict") + Pickle.get(0) + Pickle.tuple1 + Pickle.reduce
        let bomb = list + Pickle.put(0) + [[UInt8]](repeating: copy, count: 10_000).joined()
        #expect(try openingError(Pickle.legacyFile(bomb))?.contains("steps of a pickle: found") == true)
        let long = [UInt8](repeating: Pickle.none[0], count: 2_100_000)
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
