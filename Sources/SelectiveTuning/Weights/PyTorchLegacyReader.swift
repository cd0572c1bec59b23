import Bytes

/// Reads what `torch.save` wrote before PyTorch 1.6: five pickles one after the other (a magic number, the protocol's
/// version, facts about the system, the object, the storages' keys), then each storage as a count of elements in
/// 8 bytes and the elements.
enum PyTorchLegacyReader {
    /// 0x1950a86a20f9469cfc6c, little-endian.
    private static let magic: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    private static let protocolVersion = 1001

    /// A pickle of protocol 2 or later starts with this opcode and the protocol's number.
    static func recognises(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count > 2 && bytes[0] == PickleOpcode.PROTO.rawValue && (2...5).contains(bytes[1])
    }

    static func read(_ file: MappedFile) throws(WeightError) -> WeightFileContents {
        var cursor = ByteCursor(file, in: 0..<file.count)
        guard case .longInteger(let range) = try PickleMachine.load(&cursor, storageLimit: file.count).root,
            cursor.contents(of: range).elementsEqual(magic)
        else {
            throw .foreignFile(path: file.path, .pickle)
        }
        let versionPlace = cursor.position
        guard case .integer(protocolVersion) = try PickleMachine.load(&cursor, storageLimit: file.count).root else {
            throw cursor.malformed("expected PyTorch's protocol version \(protocolVersion)", at: versionPlace)
        }
        // The facts about the system. Storages are little-endian whatever they say: a machine of the other byte order
        // swaps its bytes as it writes.
        _ = try PickleMachine.load(&cursor, storageLimit: file.count)
        let object = try PickleMachine.load(&cursor, storageLimit: file.count)
        let places = try storagePlaces(object.heap.storages, &cursor)
        return try PickledTree(object, file: file).contents(elementLimit: file.count) { (storage) throws(WeightError) in
            guard let place = places[storage.key] else {
                throw .malformed(
                    path: file.path, byte: versionPlace,
                    problem: "storage \"\(printable(storage.key))\" is not among the storages of the file")
            }
            return StorageBytes(place: place)
        }
    }

    /// Walks over the storages in the order of the keys' list; they must fill the rest of the file.
    private static func storagePlaces(
        _ storages: [PickledStorage], _ cursor: inout ByteCursor
    ) throws(WeightError) -> [String: Range<Int>] {
        var known: [String: PickledStorage] = [:]
        for storage in storages { known[storage.key] = storage }
        let listPlace = cursor.position
        let list = try PickleMachine.load(&cursor, storageLimit: cursor.end)
        guard case .list(let number) = list.root else {
            throw cursor.malformed("expected the list of storage keys", at: listPlace)
        }
        var places: [String: Range<Int>] = [:]
        for key in list.heap.sequences[number] {
            guard case .string(let key) = key, let storage = known[key], places[key] == nil else {
                throw cursor.malformed("the list of storage keys does not fit the pickled object", at: listPlace)
            }
            let place = cursor.position
            let count = try cursor.size(UInt64.self, "a storage's count of elements")
            guard count == storage.count else {
                throw cursor.malformed(
                    "storage \"\(printable(key))\": found \(count) elements, expected \(storage.count)", at: place)
            }
            places[key] = try cursor.take(storage.byteCount, "a storage's elements")
        }
        guard cursor.remaining == 0 else { throw cursor.malformed("\(cursor.remaining) bytes after the last storage") }
        return places
    }
}
