/// Obeys the instructions of a pickle as far as they build plain data, storages and tensors, and no further.
///
/// A pickle is a program that may call any Python function by name; here nothing exists that could be called but the
/// few constructors of `PickleGlobal`. Any other opcode, global or call is refused by name, with its place in the file.
/// Work and memory are proportional to the bytes read, and bounded by `workLimit`.
///
/// Source: CPython's Lib/pickletools.py (the instructions) and PyTorch's torch/_weights_only_unpickler.py (the globals
/// that state dicts need).
struct PickleMachine {
    /// Instructions, and elements that they move. A tensor takes about thirty.
    static let workLimit = 2_000_000

    var cursor: ByteCursor
    var heap = PickleHeap()
    /// Where the instruction that is being obeyed stands in the file.
    var place = 0
    private var stack: [PickleValue] = []
    /// Heights of the stack.
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]
    private var work = 0

    private init(_ cursor: ByteCursor) {
        self.cursor = cursor
    }

    /// Reads one pickle, up to its STOP, and leaves the cursor behind it.
    static func load(_ cursor: inout ByteCursor) throws(WeightError) -> (root: PickleValue, heap: PickleHeap) {
        var machine = PickleMachine(cursor)
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
        case .LONG1: push(try longInteger())
        case .BINFLOAT:
            push(.float(Double(bitPattern: try cursor.integer(UInt64.self, "a float").byteSwapped)))
        case .BINUNICODE: push(try text(try cursor.size(UInt32.self, "a str's length")))
        case .SHORT_BINUNICODE: push(try text(Int(try cursor.byte("a str's length"))))
        case .BINUNICODE8: push(try text(try cursor.size(UInt64.self, "a str's length")))
        case .BINSTRING: push(try oldText(try cursor.size(UInt32.self, "a str's length")))
        case .SHORT_BINSTRING: push(try oldText(Int(try cursor.byte("a str's length"))))
        case .BINBYTES: push(.bytes(try cursor.take(try cursor.size(UInt32.self, "bytes' length"), "bytes")))
        case .SHORT_BINBYTES: push(.bytes(try cursor.take(Int(try cursor.byte("bytes' length")), "bytes")))
        case .BINBYTES8: push(.bytes(try cursor.take(try cursor.size(UInt64.self, "bytes' length"), "bytes")))
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
        case .GLOBAL: push(try global(module: try line(), name: try line()))
        case .STACK_GLOBAL: try stackGlobal()
        case .REDUCE: try call()
        case .NEWOBJ: try create()
        case .BUILD: try build()
        case .INST: _ = try global(module: try line(), name: try line(), refusing: opcode)
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

    private mutating func store(_ elements: [PickleValue]) -> Int {
        heap.sequences.append(elements)
        return heap.sequences.count - 1
    }

    mutating func newDictionary() -> PickleValue {
        heap.dictionaries.append([])
        return .dictionary(heap.dictionaries.count - 1)
    }

    private mutating func append(_ elements: [PickleValue]) throws(WeightError) {
        guard case .list(let number) = try top() else { throw malformed("expected a list to append to") }
        heap.sequences[number] += elements
    }

    private mutating func setItems(_ items: [PickleValue]) throws(WeightError) {
        guard case .dictionary(let number) = try top() else { throw malformed("expected a dict to set items of") }
        guard items.count % 2 == 0 else { throw malformed("a key without a value") }
        for i in stride(from: 0, to: items.count, by: 2) {
            heap.dictionaries[number].append((items[i], items[i + 1]))
        }
    }

    private mutating func longInteger() throws(WeightError) -> PickleValue {
        let range = try cursor.take(Int(try cursor.byte("an int's length")), "an int")
        let bytes = cursor.contents(of: range)
        guard bytes.count <= 8 else { return .longInteger(range) }
        var value: UInt64 = bytes.last.map { $0 >= 0x80 } == true ? .max : 0
        for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        return .integer(Int(Int64(bitPattern: value)))
    }

    private mutating func text(_ length: Int) throws(WeightError) -> PickleValue {
        let range = try cursor.take(length, "a str")
        guard let text = String(validating: cursor.contents(of: range), as: UTF8.self) else {
            throw malformed("a str is not UTF-8")
        }
        return .string(text)
    }

    /// Python 2's str is either text or bytes.
    private mutating func oldText(_ length: Int) throws(WeightError) -> PickleValue {
        let range = try cursor.take(length, "a str")
        return String(validating: cursor.contents(of: range), as: UTF8.self).map { .string($0) } ?? .bytes(range)
    }
}
