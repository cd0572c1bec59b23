import Bytes
import Foundation

/// A text file of comma-separated fields, one record a line; lines may end in CR LF, the last one need not end.
struct TextTable {
    struct Row {
        /// Counts from 1.
        let line: Int
        let fields: [Substring]
    }

    let path: String
    private let names: [String]

    /// Bytes that a file may have: many times the largest of the benchmark's.
    private static let maximalBytes = 1 << 29
    /// Bytes that are read at once; also the longest line.
    private static let portion = 1 << 18

    /// - Parameter names: what each field of a line is, for messages.
    init(path: String, fields names: [String]) {
        self.path = path
        self.names = names
    }

    /// Reads the file and gives its lines one after the other, so that memory is bounded. Empty lines at the end do not
    /// count.
    /// - Throws: `DatasetError` for a file that cannot be read, a line that is not UTF-8 or has more or fewer fields, and
    ///   what `body` throws.
    func forEachRow(_ body: (Row) throws(DatasetError) -> Void) throws(DatasetError) {
        var line = 0
        var firstEmpty: Int?
        try forEachLine { bytes throws(DatasetError) in
            line += 1
            if bytes.isEmpty {
                firstEmpty = firstEmpty ?? line
                return
            }
            if let firstEmpty { _ = try row([], firstEmpty) }
            try body(row(bytes, line))
        }
    }

    /// Without the line ends.
    private func forEachLine(_ body: (ArraySlice<UInt8>) throws(DatasetError) -> Void) throws(DatasetError) {
        let (file, size) = try open()
        defer { close(file) }
        guard size <= Self.maximalBytes else {
            throw .file(
                FileError(
                    path: path, operation: "read", reason: "\(size) bytes, at most \(Self.maximalBytes) are accepted"))
        }
        var left = size
        var buffer: [UInt8] = []
        var isAtEnd = false
        while !isAtEnd {
            let portion = try readPortion(file, min(left, Self.portion))
            left -= portion.count
            isAtEnd = portion.isEmpty
            buffer += portion
            var start = 0
            while start < buffer.count {
                let feed = buffer[start...].firstIndex(of: UInt8(ascii: "\n"))
                guard let end = feed ?? (isAtEnd ? buffer.count : nil) else { break }
                let hasCarriage = end > start && buffer[end - 1] == UInt8(ascii: "\r")
                try body(buffer[start..<(hasCarriage ? end - 1 : end)])
                start = end + 1
            }
            buffer.removeFirst(min(start, buffer.count))
            guard buffer.count <= Self.portion else {
                throw .field(
                    file: path, line: nil, field: "line", found: "more than \(Self.portion) bytes in one",
                    expected: names.joined(separator: ","))
            }
        }
    }

    private func open() throws(DatasetError) -> (descriptor: Int32, size: Int) {
        do throws(FileError) {
            return try openRegularFile(path, operation: "read")
        } catch {
            throw .file(error)
        }
    }

    /// Empty at the end.
    private func readPortion(_ file: Int32, _ count: Int) throws(DatasetError) -> [UInt8] {
        var code: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, count in
            var got = 0
            repeat {
                got = buffer.isEmpty ? 0 : read(file, buffer.baseAddress, buffer.count)
            } while got < 0 && errno == EINTR
            code = got < 0 ? errno : 0
            count = max(0, got)
        }
        guard code == 0 else { throw .file(FileError(path: path, operation: "read", code: code)) }
        return bytes
    }

    private func row(_ bytes: ArraySlice<UInt8>, _ line: Int) throws(DatasetError) -> Row {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .field(file: path, line: line, field: "text", found: "bytes that are no UTF-8", expected: "UTF-8")
        }
        let fields = text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard fields.count == names.count, !text.isEmpty else {
            throw .field(
                file: path, line: line, field: "line", found: FieldText.quoted(text),
                expected: names.joined(separator: ","))
        }
        return Row(line: line, fields: fields.map { Substring($0) })
    }

    func failure(_ row: Row, _ field: Int, expected: String) -> DatasetError {
        .field(
            file: path, line: row.line, field: names[field], found: FieldText.quoted(row.fields[field]),
            expected: expected)
    }

    /// The field's integer.
    func count(_ row: Row, _ field: Int, in range: ClosedRange<Int>) throws(DatasetError) -> Int {
        guard let value = FieldText.count(row.fields[field]), range.contains(value) else {
            throw failure(row, field, expected: "an integer in \(range.lowerBound)...\(range.upperBound)")
        }
        return value
    }

    func coordinate(_ row: Row, _ field: Int) throws(DatasetError) -> Float {
        guard let value = FieldText.coordinate(row.fields[field]) else {
            throw failure(row, field, expected: "a number of pixels")
        }
        return value
    }
}
