import SelectiveTuning
import Testing

@Suite struct ZipArchiveTests {
    /// A stored archive written by hand: PyTorch's layout without zip64 records, and ways to spoil it.
    private struct Archive {
        var entries: [(name: String, contents: [UInt8])] = []
        var flags: UInt16 = 0
        /// Replaces the entries' places in the directory.
        var places: [Int: UInt32] = [:]
        var localName: String?
        var comment: [UInt8] = []
        /// Entries that hold other bytes than they say: compressed ones.
        var deflated: [Int: (contents: [UInt8], size: Int, crc32: UInt32)] = [:]

        var bytes: [UInt8] {
            var file: [UInt8] = []
            var directory: [UInt8] = []
            for (number, entry) in entries.enumerated() {
                let place = places[number] ?? UInt32(file.count)
                let other = deflated[number]
                let contents = other?.contents ?? entry.contents
                let size = little(UInt32(contents.count)) + little(UInt32(other?.size ?? contents.count))
                let method = little(UInt16(other == nil ? 0 : 8)) + zeros(4) + little(other?.crc32 ?? 0)
                let local = Array((localName ?? entry.name).utf8)
                file += little(UInt32(0x0403_4b50)) + little(UInt16(20)) + little(flags) + method + size
                file += little(UInt16(local.count)) + zeros(2) + local + contents
                let name = Array(entry.name.utf8)
                directory += little(UInt32(0x0201_4b50)) + zeros(4) + little(flags) + method + size
                directory += little(UInt16(name.count)) + zeros(12) + little(place) + name
            }
            let count = little(UInt16(entries.count))
            return file + directory + little(UInt32(0x0605_4b50)) + zeros(4) + count + count
                + little(UInt32(directory.count)) + little(UInt32(file.count)) + little(UInt16(comment.count)) + comment
        }

        private func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        private func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
    }

    private static var archive: Archive {
        let tensor = Pickle.tensor(Pickle.storage(count: 2), offset: 0, shape: [2], strides: [1])
        let pickle = [0x80, 2] + Pickle.dictionary([("t", tensor)]) + Pickle.stop
        let values: [Float] = [1.5, -2]
        return Archive(entries: [("a/data.pkl", pickle), ("a/data/0", values.withUnsafeBytes { Array($0) })])
    }

    @Test("An archive without zip64 records, byte order or data descriptors is read, with a comment too")
    func plainArchive() throws {
        let folder = try TemporaryFolder()
        var archive = Self.archive
        archive.comment = Array("PK\u{5}\u{6}".utf8)
        for bytes in [Self.archive.bytes, archive.bytes] {
            let weights = try WeightFile.open(path: folder.file("a", bytes))
            #expect(try weights.tensor("t", expecting: [2]) == [1.5, -2])
        }
    }

    @Test(
        "A zip archive that torch.save did not write is told by what is in it",
        arguments: [
            ("x.npy", "NumPy arrays (.npz): convert them to .safetensors"),
            ("run/model.pth", "a zip archive that holds \"run/model.pth\": unpack it and give that file"),
            ("readme.txt", "a zip archive that torch.save did not write: expected NAME/data.pkl in it"),
        ])
    func foreignArchives(entry: String, text: String) throws {
        let error = try openingError(Archive(entries: [(entry, [1])]).bytes)
        #expect(error?.contains(text) == true, "\(error ?? "opened")")
    }

    @Test("A deflated entry must be what the archive says, and no larger than deflate can make it")
    func deflated() throws {
        let folder = try TemporaryFolder()
        // zlib's: eight bytes, 1.5 and -2 as float32.
        let stream: [UInt8] = [0x63, 0x60, 0x38, 0x60, 0xcf, 0xc0, 0xc0, 0x70, 0x00, 0x00]
        var archive = Self.archive
        archive.deflated = [1: (stream, 8, 0xccdf2c3a)]
        let weights = try WeightFile.open(path: folder.file("a", archive.bytes))
        #expect(try weights.tensor("t", expecting: [2]) == [1.5, -2])
        #expect(try weights.withMappedFloats("t", expecting: [2]) { $0.count } == nil)
        weights.releasePages()
        #expect(try weights.tensor("t", expecting: [2]) == [1.5, -2])

        func error(_ change: (inout (contents: [UInt8], size: Int, crc32: UInt32)) -> Void) throws -> String {
            var (archive, entry) = (archive, archive.deflated[1]!)
            change(&entry)
            archive.deflated[1] = entry
            let path = try folder.file("bad", archive.bytes)
            if let error = openingError(path) { return error }
            let file = try WeightFile.open(path: path)
            return "\(#expect(throws: WeightError.self) { try file.tensor("t", expecting: [2]) }!)"
        }
        #expect(try error { $0.crc32 ^= 1 }.contains("another checksum than the archive says"))
        #expect(try error { $0.contents.removeLast() }.contains("the compressed bytes end too early"))
        #expect(try error { $0.contents[0] = 7 }.contains("the compressed bytes are damaged"))
        #expect(try error { $0.contents.append(0) }.contains("1 bytes follow the compressed ones"))
        #expect(try error { $0.size = 7 }.contains("found 7 bytes in storage \"0\", expected 8"))
        #expect(try error { $0.size = 1 << 20 }.contains("more than deflate can make of them"))
    }

    @Test("An archive whose parts contradict each other is an error")
    func contradictions() throws {
        func error(_ spoil: (inout Archive) -> Void) throws -> String {
            var archive = Self.archive
            spoil(&archive)
            return try openingError(archive.bytes) ?? "opened"
        }
        #expect(try error { $0.entries.append($0.entries[1]) }.contains("a second entry \"a/data/0\""))
        #expect(try error { $0.places[1] = 0 }.contains("truncated: a local header"))
        #expect(try error { $0.places[1] = 1 }.contains("truncated: a local header"))
        #expect(try error { $0.places[1] = .max - 1 }.contains("behind the entries"))
        #expect(try error { $0.places[0] = 5 }.contains("expected a local header"))
        #expect(try error { $0.localName = "a/data/1" }.contains("names another entry"))
        #expect(try error { $0.flags = 1 }.contains("refused encrypted zip entry \"a/data.pkl\""))
        #expect(try error { $0.entries.remove(at: 1) }.contains("no entry \"a/data/0\""))
        #expect(try error { $0.entries.remove(at: 0) }.contains("a zip archive that torch.save did not write"))
        #expect(try error { $0.entries.append(("b/data.pkl", [])) }.contains("found 2 entries NAME/data.pkl"))
        #expect(try error { $0.entries[0].contents.append(0) }.contains("bytes after the pickled object"))
        #expect(try error { $0.entries[1].contents.append(0) }.contains("found 9 bytes in storage \"0\", expected 8"))
        #expect(try error { $0.entries.append(("a/byteorder", Array("middle".utf8))) }.contains("order \"middle\""))
        #expect(try openingError(Self.archive.bytes.dropLast(1) + [7])?.contains("no end record") == true)
        #expect(try openingError([0x50, 0x4b, 3, 4])?.contains("no end record") == true)
    }
}
