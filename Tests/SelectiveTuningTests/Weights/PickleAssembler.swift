/// Writes pickles by hand, instruction by instruction, to say what no PyTorch would say.
enum Pickle {
    static let stop: [UInt8] = [0x2e]
    static let mark: [UInt8] = [0x28]
    static let none: [UInt8] = [0x4e]
    static let emptyTuple: [UInt8] = [0x29]
    static let emptyList: [UInt8] = [0x5d]
    static let emptyDictionary: [UInt8] = [0x7d]
    static let tuple: [UInt8] = [0x74]
    static let tuple1: [UInt8] = [0x85]
    static let tuple2: [UInt8] = [0x86]
    static let append: [UInt8] = [0x61]
    static let setItem: [UInt8] = [0x73]
    static let stackGlobal: [UInt8] = [0x93]
    static let reduce: [UInt8] = [0x52]
    static let build: [UInt8] = [0x62]
    static let newObject: [UInt8] = [0x81]
    static let persistentID: [UInt8] = [0x51]

    static func text(_ text: String) -> [UInt8] { [0x8c, UInt8(text.utf8.count)] + Array(text.utf8) }
    static func global(_ module: String, _ name: String) -> [UInt8] { [0x63] + Array("\(module)\n\(name)\n".utf8) }
    static func put(_ number: UInt8) -> [UInt8] { [0x71, number] }
    static func get(_ number: UInt8) -> [UInt8] { [0x68, number] }

    /// Any Int, as LONG1 with 8 bytes.
    static func integer(_ value: Int) -> [UInt8] {
        [0x8a, 8] + withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    static func integers(_ values: [Int]) -> [UInt8] { mark + values.flatMap(integer) + tuple }

    static func storage(
        _ storageClass: String = "FloatStorage", key: String = "0", count: Int, view: [UInt8] = none
    ) -> [UInt8] {
        mark + text("storage") + global("torch", storageClass) + text(key) + text("cpu") + integer(count) + view + tuple
            + persistentID
    }

    static func tensor(_ storage: [UInt8], offset: Int, shape: [Int], strides: [Int]) -> [UInt8] {
        global("torch._utils", "_rebuild_tensor_v2") + mark + storage + integer(offset) + integers(shape)
            + integers(strides) + [0x89] + global("collections", "OrderedDict") + emptyTuple + reduce + tuple + reduce
    }

    static func dictionary(_ items: [(String, [UInt8])]) -> [UInt8] {
        emptyDictionary + items.flatMap { text($0.0) + $0.1 + setItem }
    }

    /// A file in PyTorch's form before 1.6 whose object is made by `program`, over storages of float32.
    static func legacyFile(_ program: [UInt8], storages: [(key: String, values: [Float])] = []) -> [UInt8] {
        var file: [UInt8] = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19] + stop
        file += [0x80, 2] + integer(1001) + stop
        file += [0x80, 2] + dictionary([("little_endian", [0x88])]) + stop
        file += [0x80, 2] + program + stop
        file += [0x80, 2] + emptyList + storages.flatMap { text($0.key) + append } + stop
        for storage in storages {
            file += withUnsafeBytes(of: UInt64(storage.values.count).littleEndian) { Array($0) }
            file += storage.values.withUnsafeBytes { Array($0) }
        }
        return file
    }
}
