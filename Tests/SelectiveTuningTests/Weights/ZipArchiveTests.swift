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

        var bytes: [UInt8] {
            var file: [UInt8] = []
            var directory: [UInt8] = []
            for (number, entry) in entries.enumerated() {
                let place = places[number] ?? UInt32(file.count)
                let size = little(UInt32(entry.contents.count))
                let local = Array((localName ?? entry.name).utf8)
                file += little(UInt32(0x0403_4b50)) + little(UInt16(20)) + little(flags) + zeros(10) + size + size
                file += little(UInt16(local.count)) + zeros(2) + local + entry.contents
                let name = Array(entry.name.utf8)
                directory += little(UInt32(0x0201_4b50)) + zeros(4) + little(flags) + zeros(10) + size + size
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
        #expect(try error { $0.entries.remove(at: 0) }.contains("found 0 entries NAME/data.pkl"))
        #expect(try error { $0.entries.append(("b/data.pkl", [])) }.contains("found 2 entries NAME/data.pkl"))
        #expect(try error { $0.entries[0].contents.append(0) }.contains("bytes after the pickled object"))
        #expect(try error { $0.entries[1].contents.append(0) }.contains("found 9 bytes in storage \"0\", expected 8"))
        #expect(try error { $0.entries.append(("a/byteorder", Array("middle".utf8))) }.contains("order \"middle\""))
        #expect(try openingError(Self.archive.bytes.dropLast(1) + [7])?.contains("no end record") == true)
        #expect(try openingError([0x50, 0x4b, 3, 4])?.contains("no end record") == true)
    }
}
