/// Obeys the instructions of a pickle as far as they build plain data, storages and tensors, and no further.
///
/// A pickle is a program that may call any Python function by name; here nothing exists that could be called: the few
/// names of `PickleGlobal` describe tensors, and whatever any other would make stays an opaque value, refused only where
/// it stands in the place of a tensor that is needed. Work and memory are proportional to the bytes read, and bounded by
/// `workLimit`.
///
/// Source: CPython's Lib/pickletools.py (the instructions) and PyTorch's torch/_weights_only_unpickler.py (what its safe
/// loader accepts; all of that is read).
struct PickleMachine {
    /// Instructions, and elements that they move. A tensor takes about thirty.
    static let workLimit = 10_000_000

    var cursor: ByteCursor
    /// No storage is larger, in bytes.
    let storageLimit: Int
    var heap = PickleHeap()
    /// Where the instruction that is being obeyed stands in the file.
    var place = 0
    private var stack: [PickleValue] = []
    /// Heights of the stack.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var work = 0

    private init(_ cursor: ByteCursor, storageLimit: Int) {
        self.cursor = cursor
        self.storageLimit = storageLimit
    }

    /// Reads one pickle, up to its STOP, and leaves the cursor behind it.
    /// - Parameter storageLimit: how many bytes a storage can have at most: the file's.
    static func load(
        _ cursor: inout ByteCursor, storageLimit: Int
    ) throws(WeightError) -> (root: PickleValue, heap: PickleHeap) {
        var machine = PickleMachine(cursor, storageLimit: storageLimit)
        let root = try machine.run()
        cursor = machine.cursor
        return (root, machine.heap)
    }

    private mutating func run() throws(WeightError) -> PickleValue {
        while true {
            place = cursor.position
            try spend(1)
            let byte = try cursor.byte("a pickle's instruction")
            guard let opcode = PickleOpcode(rawValue: byte) else {
                throw refused("opcode 0x\(String(byte, radix: 16))")
            }
            if opcode == .STOP { return try pop() }
            try obey(opcode)
        }
    }

    private mutating func obey(_ opcode: PickleOpcode) throws(WeightError) {
        switch opcode {
        case .PROTO:
            let version = try cursor.byte("the pickle's protocol")
            guard version <= 5 else { throw refused("pickle protocol \(version)") }
        case .FRAME: _ = try cursor.take(8, "a pickle frame's length")
        case .MARK: marks.append(stack.count)
        case .NONE: push(.none)
        case .NEWTRUE: push(.bool(true))
        case .NEWFALSE: push(.bool(false))
        case .BININT: push(.integer(Int(try cursor.integer(Int32.self, "an int"))))
        case .BININT1: push(.integer(Int(try cursor.byte("an int"))))
        case .BININT2: push(.integer(Int(try cursor.integer(UInt16.self, "an int"))))
        case .LONG1: push(try longInteger(Int(try cursor.byte("an int's length"))))
        case .LONG4: push(try longInteger(try cursor.size(UInt32.self, "an int's length")))
        case .BINFLOAT:
            push(.float(Double(bitPattern: try cursor.integer(UInt64.self, "a float").byteSwapped)))
        case .BINUNICODE: push(try text(try cursor.size(UInt32.self, "a str's length")))
        case .SHORT_BINUNICODE: push(try text(Int(try cursor.byte("a str's length"))))
        case .BINUNICODE8: push(try text(try cursor.size(UInt64.self, "a str's length")))
        case .BINSTRING: push(try oldText(try cursor.size(UInt32.self, "a str's length")))
        case .SHORT_BINSTRING: push(try oldText(Int(try cursor.byte("a str's length"))))
        case .BINBYTES: push(try bytes(try cursor.size(UInt32.self, "bytes' length")))
        case .SHORT_BINBYTES: push(try bytes(Int(try cursor.byte("bytes' length"))))
        case .BINBYTES8: push(try bytes(try cursor.size(UInt64.self, "bytes' length")))
        case .EMPTY_TUPLE: push(.tuple(store([])))
        case .TUPLE: push(.tuple(store(try popToMark())))
        case .TUPLE1: push(.tuple(store(try pop(last: 1))))
        case .TUPLE2: push(.tuple(store(try pop(last: 2))))
        case .TUPLE3: push(.tuple(store(try pop(last: 3))))
        case .EMPTY_LIST: push(.list(store([])))
        case .APPEND: try append(try pop(last: 1))
        case .APPENDS: try append(try popToMark())
        case .EMPTY_DICT: push(newDictionary())
        case .SETITEM: try setItems(try pop(last: 2))
        case .SETITEMS: try setItems(try popToMark())
        case .BINPUT: memo[Int(try cursor.byte("a memo's number"))] = try top()
        case .LONG_BINPUT: memo[try cursor.size(UInt32.self, "a memo's number")] = try top()
        case .MEMOIZE: memo[memo.count] = try top()
        case .BINGET: push(try recall(Int(try cursor.byte("a memo's number"))))
        case .LONG_BINGET: push(try recall(try cursor.size(UInt32.self, "a memo's number")))
        case .BINPERSID: push(try storage(try pop()))
        case .GLOBAL: push(global(module: try name(), name: try name()))
        case .STACK_GLOBAL: try stackGlobal()
        case .REDUCE: try call("REDUCE")
        case .NEWOBJ: try create()
        case .BUILD: try build()
        case .EMPTY_SET: push(opaque("a set"))
        case .ADDITEMS: try append(try popToMark())
        case .FROZENSET:
            _ = try popToMark()
            push(opaque("a frozenset"))
        case .BYTEARRAY8: push(try bytes(try cursor.size(UInt64.self, "a bytearray's length")))
        case .NEXT_BUFFER, .READONLY_BUFFER: throw refused("opcode \(opcode)")
        default: try obeyRare(opcode)
        }
    }

    /// What torch.save writes only when told to, or never.
    private mutating func obeyRare(_ opcode: PickleOpcode) throws(WeightError) {
        switch opcode {
        case .POP: try discard()
        case .POP_MARK: _ = try popToMark()
        case .DUP: push(try top())
        case .INT: push(number(try line()))
        case .LONG: push(number(try line()))
        case .FLOAT: push(Double(try line()).map { .float($0) } ?? opaque("a float"))
        case .STRING: push(quoted(try line()))
        case .UNICODE:
            let text = try line()
            push(text.contains("\\") ? opaque("a str with escapes") : .string(text))
        case .LIST: push(.list(store(try popToMark())))
        case .DICT:
            let items = try popToMark()
            push(newDictionary())
            try setItems(items)
        case .GET: push(try recall(try memoNumber()))
        case .PUT: memo[try memoNumber()] = try top()
        case .INST:
            let callable = global(module: try name(), name: try name())
            try call(callable, try popToMark())
        case .OBJ:
            let operands = try popToMark()
            guard let callable = operands.first else { throw malformed("expected OBJ's class") }
            try call(callable, Array(operands.dropFirst()))
        case .NEWOBJ_EX: try createWithKeywords()
        case .EXT1: push(opaque("extension \(try cursor.byte("an extension's code"))"))
        case .EXT2: push(opaque("extension \(try cursor.integer(UInt16.self, "an extension's code"))"))
        case .EXT4: push(opaque("extension \(try cursor.integer(Int32.self, "an extension's code"))"))
        case .PERSID: push(opaque("persistent id \"\(printable(try line()))\""))
        default: throw refused("opcode \(opcode)")
        }
    }

    func refused(_ construct: String) -> WeightError {
        .refused(path: cursor.path, byte: place, construct: construct)
    }

    func malformed(_ problem: String) -> WeightError { cursor.malformed(problem, at: place) }

    mutating func spend(_ amount: Int) throws(WeightError) {
        work += amount
        guard work <= PickleMachine.workLimit else {
            throw .tooLarge(path: cursor.path, what: "steps of a pickle", found: work, limit: PickleMachine.workLimit)
        }
    }

    // MARK: The stack. Nothing is taken from below the latest mark.

    mutating func push(_ value: PickleValue) { stack.append(value) }

    func top() throws(WeightError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else { throw malformed("nothing on the stack") }
        return value
    }

    mutating func pop() throws(WeightError) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    mutating func pop(last count: Int) throws(WeightError) -> [PickleValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw malformed("too little on the stack") }
        defer { stack.removeLast(count) }
        return Array(stack.suffix(count))
    }

    private mutating func popToMark() throws(WeightError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw malformed("no mark on the stack") }
        try spend(stack.count - mark)
        defer { stack.removeLast(stack.count - mark) }
        return Array(stack[mark...])
    }

    private func recall(_ number: Int) throws(WeightError) -> PickleValue {
        guard let value = memo[number] else { throw malformed("nothing is memorised under \(number)") }
        return value
    }

    // MARK: Plain data

    mutating func store(_ elements: [PickleValue]) -> Int {
        heap.sequences.append(elements)
        return heap.sequences.count - 1
    }

    mutating func opaque(_ kind: String) -> PickleValue {
        heap.opaques.append(OpaqueValue(kind: kind))
        return .opaque(heap.opaques.count - 1)
    }

    mutating func newDictionary() -> PickleValue {
        heap.dictionaries.append([])
        return .dictionary(heap.dictionaries.count - 1)
    }

    private mutating func append(_ elements: [PickleValue]) throws(WeightError) {
        switch try top() {
        case .list(let number): heap.sequences[number] += elements
        case .opaque: break
        default: throw malformed("expected a list to append to")
        }
    }

    private mutating func setItems(_ items: [PickleValue]) throws(WeightError) {
        let target = try top()
        guard items.count % 2 == 0 else { throw malformed("a key without a value") }
        for i in stride(from: 0, to: items.count, by: 2) {
            switch target {
            case .dictionary(let number): heap.dictionaries[number].append((items[i], items[i + 1]))
            case .opaque(let number): heap.opaques[number].items.append((items[i], items[i + 1]))
            default: throw malformed("expected a dict to set items of")
            }
        }
    }

    /// POP takes the latest mark where nothing lies above it.
    private mutating func discard() throws(WeightError) {
        if let mark = marks.last, mark == stack.count {
            marks.removeLast()
        } else {
            _ = try pop()
        }
    }

    private mutating func bytes(_ length: Int) throws(WeightError) -> PickleValue {
        _ = try cursor.take(length, "bytes")
        return .bytes
    }

    private mutating func longInteger(_ length: Int) throws(WeightError) -> PickleValue {
        let range = try cursor.take(length, "an int")
        let bytes = cursor.contents(of: range)
        guard bytes.count <= 8 else { return .longInteger(range) }
        var value: UInt64 = bytes.last.map { $0 >= 0x80 } == true ? .max : 0
        for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        return .integer(Int(Int64(bitPattern: value)))
    }

    /// A text that is not UTF-8 (half a surrogate pair, which Python can write) names no tensor.
    private mutating func text(_ length: Int) throws(WeightError) -> PickleValue {
        let range = try cursor.take(length, "a str")
        return String(validating: cursor.contents(of: range), as: UTF8.self).map { .string($0) }
            ?? opaque("a str that is not UTF-8")
    }

    /// Python 2's str is either text or bytes.
    private mutating func oldText(_ length: Int) throws(WeightError) -> PickleValue {
        let range = try cursor.take(length, "a str")
        return String(validating: cursor.contents(of: range), as: UTF8.self).map { .string($0) } ?? .bytes
    }
}
