import Bytes

/// The entries of a zip archive, stored or deflated, and where their bytes lie.
///
/// Source: PKWARE's APPNOTE.TXT 6.3, sections 4.3 to 4.5. The central directory rules; each local header must agree
/// with it. Checksums of stored entries are not compared: PyTorch can be told not to write them (`set_crc32_options`).
struct ZipDirectory {
    static let localSignature: [UInt8] = [0x50, 0x4b, 0x03, 0x04]
    static let entryLimit = 131_072

    private struct Entry {
        let name: String
        let header: Int
        let method: UInt16
        let crc32: UInt32
        /// Bytes in the file.
        let stored: Int
        /// Bytes when decompressed.
        let size: Int
    }

    private let file: MappedFile
    private var entries: [String: (entry: Entry, data: Range<Int>)] = [:]

    var names: some Sequence<String> { entries.keys }

    /// Of all entries once decompressed, or of the file where that is more: no tensor can hold more.
    var byteCount: Int {
        entries.values.reduce(file.count) { sum, item in
            let (more, overflow) = sum.addingReportingOverflow(min(item.entry.size, InflatedBytes.largest))
            return overflow ? .max : more
        }
    }

    /// Where the entry's contents lie in the file; nil when there is no such entry. Throws when they are compressed by
    /// another method than deflate, or said to be larger than any compression makes them.
    func contents(of name: String) throws(WeightError) -> StorageBytes? {
        guard let (entry, data) = entries[name] else { return nil }
        switch entry.method {
        case 0 where entry.stored == entry.size: return StorageBytes(place: data)
        case 8:
            guard entry.size <= StorageBytes.largestSize(deflated: entry.stored) else {
                throw .malformed(
                    path: file.path, byte: entry.header,
                    problem: "the zip entry \"\(printable(name))\" has \(entry.stored) bytes and is said to hold "
                        + "\(entry.size): more than deflate can make of them")
            }
            return StorageBytes(place: data, inflated: .init(count: entry.size, crc32: entry.crc32))
        default:
            throw .refused(
                path: file.path, byte: entry.header,
                construct: "zip entry \"\(printable(name))\" that is compressed by method \(entry.method)",
                remedy: "zip it without compression (zip -0), or write it with torch.save")
        }
    }

    init(_ file: MappedFile) throws(WeightError) {
        self.file = file
        let (directory, count) = try ZipTrailer.centralDirectory(of: file)
        guard count <= ZipDirectory.entryLimit else {
            throw .tooLarge(
                path: file.path, what: "entries of the zip archive", found: count, limit: ZipDirectory.entryLimit)
        }
        var cursor = ByteCursor(file, in: directory)
        var found: [Entry] = []
        for _ in 0..<count { found.append(try ZipDirectory.nextEntry(&cursor)) }
        guard cursor.remaining == 0 else { throw cursor.malformed("the central directory is longer than its entries") }

        found.sort { $0.header < $1.header }
        if let last = found.last, last.header > directory.lowerBound {
            throw .malformed(
                path: file.path, byte: directory.lowerBound,
                problem: "the entry \"\(printable(last.name))\" is placed at byte \(last.header), behind the entries")
        }
        for (number, entry) in found.enumerated() {
            let next = number + 1 < found.count ? found[number + 1].header : directory.lowerBound
            let data = try ZipDirectory.data(of: entry, in: file, before: next)
            guard entries.updateValue((entry, data), forKey: entry.name) == nil else {
                throw .malformed(
                    path: file.path, byte: entry.header, problem: "a second entry \"\(printable(entry.name))\"")
            }
        }
    }

    private static func nextEntry(_ cursor: inout ByteCursor) throws(WeightError) -> Entry {
        let start = cursor.position
        guard try cursor.integer(UInt32.self, "an entry's signature") == 0x0201_4b50 else {
            throw cursor.malformed("expected an entry of the zip archive's central directory", at: start)
        }
        _ = try cursor.take(4, "an entry's versions")
        let flags = try cursor.integer(UInt16.self, "an entry's flags")
        let method = try cursor.integer(UInt16.self, "an entry's method")
        _ = try cursor.take(4, "an entry's time")
        let crc32 = try cursor.integer(UInt32.self, "an entry's checksum")
        var stored = try cursor.size(UInt32.self, "an entry's compressed size")
        var size = try cursor.size(UInt32.self, "an entry's size")
        let nameLength = try cursor.size(UInt16.self, "an entry's name length")
        let extraLength = try cursor.size(UInt16.self, "an entry's extra length")
        let commentLength = try cursor.size(UInt16.self, "an entry's comment length")
        _ = try cursor.take(8, "an entry's disk and attributes")
        var header = try cursor.size(UInt32.self, "an entry's place")
        let nameRange = try cursor.take(nameLength, "an entry's name")
        let name = String(decoding: cursor.contents(of: nameRange), as: UTF8.self)
        var extra = cursor.part(try cursor.take(extraLength, "an entry's extra fields"))
        _ = try cursor.take(commentLength, "an entry's comment")

        // Zip64: the field with tag 1 holds, in this order, the numbers that stand as all ones above.
        while extra.remaining > 0 {
            let tag = try extra.integer(UInt16.self, "an extra field's tag")
            let length = try extra.size(UInt16.self, "an extra field's length")
            var field = extra.part(try extra.take(length, "an extra field"))
            guard tag == 1 else { continue }
            if size == 0xffff_ffff { size = try field.size(UInt64.self, "an entry's zip64 size") }
            if stored == 0xffff_ffff { stored = try field.size(UInt64.self, "an entry's zip64 compressed size") }
            if header == 0xffff_ffff { header = try field.size(UInt64.self, "an entry's zip64 place") }
        }
        // Bit 0 and bit 6 mean encryption, bit 13 a masked directory.
        guard flags & 0x2041 == 0 else {
            throw .refused(path: cursor.path, byte: start, construct: "encrypted zip entry \"\(printable(name))\"")
        }
        return Entry(name: name, header: header, method: method, crc32: crc32, stored: stored, size: size)
    }

    /// - Parameter next: where the entry must have ended: the next local header, or the central directory.
    private static func data(of entry: Entry, in file: MappedFile, before next: Int) throws(WeightError) -> Range<Int> {
        var cursor = ByteCursor(file, in: entry.header..<next)
        guard try cursor.integer(UInt32.self, "a local header") == 0x0403_4b50 else {
            throw cursor.malformed("expected a local header of the zip archive", at: entry.header)
        }
        _ = try cursor.take(22, "a local header")
        let nameLength = try cursor.size(UInt16.self, "a local header")
        let extraLength = try cursor.size(UInt16.self, "a local header")
        let name = cursor.contents(of: try cursor.take(nameLength, "a local header's name"))
        guard String(decoding: name, as: UTF8.self) == entry.name else {
            throw cursor.malformed(
                "the local header names another entry than the directory's \"\(printable(entry.name))\"",
                at: entry.header)
        }
        _ = try cursor.take(extraLength, "a local header's extra fields")
        return try cursor.take(entry.stored, "the contents of a zip entry")
    }
}
