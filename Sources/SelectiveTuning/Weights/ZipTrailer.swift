import Bytes

/// The records at the end of a zip archive, which say where its central directory lies (APPNOTE.TXT 4.3.14 to 16).
enum ZipTrailer {
    private static let endSize = 22
    private static let locatorSize = 20
    private static let end64Size = 56

    /// The directory's bytes in the file, and its number of entries.
    static func centralDirectory(of file: MappedFile) throws(WeightError) -> (bytes: Range<Int>, entries: Int) {
        let end = try endRecord(of: file)
        // PyTorch writes the zip64 records always; where they stand, they rule.
        if end >= locatorSize {
            var locator = ByteCursor(file, in: end - locatorSize..<end)
            if try locator.integer(UInt32.self, "the zip64 locator") == 0x0706_4b50 {
                return try directory64(&locator, file: file)
            }
        }
        var cursor = ByteCursor(file, in: end..<file.count)
        _ = try cursor.take(4, "the zip archive's end")
        let disks = try cursor.integer(UInt32.self, "the zip archive's disks")
        let entriesHere = try cursor.size(UInt16.self, "the zip archive's entries")
        let entries = try cursor.size(UInt16.self, "the zip archive's entries")
        let size = try cursor.size(UInt32.self, "the central directory's size")
        let start = try cursor.size(UInt32.self, "the central directory's place")
        guard disks == 0, entriesHere == entries else {
            throw cursor.malformed("a zip archive of several disks", at: end)
        }
        return (try checked(start: start, size: size, file: file, end: end), entries)
    }

    /// The last place where an end record with a comment that reaches the file's end stands.
    private static func endRecord(of file: MappedFile) throws(WeightError) -> Int {
        let bytes = file.bytes
        var place = file.count - endSize
        let earliest = max(0, place - 0xffff)
        while place >= earliest {
            if bytes[place] == 0x50, bytes[place + 1] == 0x4b, bytes[place + 2] == 0x05, bytes[place + 3] == 0x06,
                place + endSize + Int(bytes[place + 20]) + Int(bytes[place + 21]) << 8 == file.count
            {
                return place
            }
            place -= 1
        }
        throw .malformed(
            path: file.path, byte: file.count,
            problem: "the zip archive has no end record: the file is truncated or not an archive")
    }

    /// - Parameter locator: behind its signature.
    private static func directory64(
        _ locator: inout ByteCursor, file: MappedFile
    ) throws(WeightError) -> (Range<Int>, Int) {
        let place = locator.end - locatorSize
        _ = try locator.take(4, "the zip64 locator")
        let record = try locator.size(UInt64.self, "the zip64 locator")
        guard record <= place - end64Size else {
            throw locator.malformed("the zip64 end record lies outside", at: place)
        }
        var cursor = ByteCursor(file, in: record..<place)
        guard try cursor.integer(UInt32.self, "the zip64 end record") == 0x0606_4b50 else {
            throw cursor.malformed("expected the zip64 end record", at: record)
        }
        _ = try cursor.take(12, "the zip64 end record")
        let disks = try cursor.integer(UInt64.self, "the zip64 end record")
        let entriesHere = try cursor.size(UInt64.self, "the zip64 end record")
        let entries = try cursor.size(UInt64.self, "the zip64 end record")
        let size = try cursor.size(UInt64.self, "the zip64 end record")
        let start = try cursor.size(UInt64.self, "the zip64 end record")
        guard disks == 0, entriesHere == entries else {
            throw cursor.malformed("a zip archive of several disks", at: record)
        }
        return (try checked(start: start, size: size, file: file, end: record), entries)
    }

    private static func checked(start: Int, size: Int, file: MappedFile, end: Int) throws(WeightError) -> Range<Int> {
        let (limit, overflow) = start.addingReportingOverflow(size)
        guard !overflow, limit == end else {
            throw .malformed(
                path: file.path, byte: end,
                problem: "the zip archive's directory is placed at byte \(start) with \(size) bytes, "
                    + "expected to end here")
        }
        return start..<limit
    }
}
