import Bytes

/// A text file of fields, one record a line: separated by commas, or, as the first line shows, by semicolons, tabs or
/// blanks; fields may be quoted. Lines may end in CR LF, the last one need not end; a byte order mark is left out.
struct DelimitedFile {
    struct Row {
        /// Counts from 1.
        let line: Int
        let fields: [Substring]
    }

    /// Where the fields lie in the lines of a file whose first line names its columns.
    struct Columns {
        /// The column of each field.
        let places: [Int]
        /// Of a line.
        let count: Int
        /// Each field is in its own column.
        let isAsNamed: Bool

        init(places: [Int], count: Int) {
            (self.places, self.count) = (places, count)
            isAsNamed = places.count == count && places.elementsEqual(0..<count)
        }
    }

    let path: String
    let names: [String]

    /// Bytes that a file may have: many times the largest of the benchmark's.
    private static let maximalBytes = 1 << 29
    /// Bytes that are read at once; also the longest line.
    private static let portion = 1 << 18

    /// - Parameter names: what each field of a line is, for messages.
    init(path: String, fields names: [String]) {
        self.path = path
        self.names = names
    }

    /// Reads the file and gives its lines one after the other, so that memory is bounded. Empty lines do not count.
    /// - Parameter heading: asked for the first line, whatever its number of fields; nil for a line of data.
    /// - Throws: `DatasetError` for a file that cannot be read, a line that is not UTF-8 or has more or fewer fields, and
    ///   what `body` throws.
    func forEachRow(
        heading: ((Row) throws(DatasetError) -> Columns?)? = nil, _ body: (Row) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        var line = 0
        var separator: Separator?
        var hasData = false
        var columns = Columns(places: Array(names.indices), count: names.count)
        try forEachLine { bytes throws(DatasetError) in
            line += 1
            if bytes.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw .field(
                    file: path, line: line, field: "text", found: TextEncoding.notUTF8,
                    expected: TextEncoding.expected(path, from: "LATIN1"))
            }
            if separator == nil, let hint = Separator(hint: text) {
                separator = hint
                return
            }
            let isFirst = !hasData
            hasData = true
            let by = separator ?? .found(in: text, fields: names.count, orMore: heading != nil)
            separator = by
            guard let fields = Self.split(text, by: by) else {
                throw .field(
                    file: path, line: line, field: "line", found: FieldText.quoted(text),
                    expected: "quotes around whole fields, each closed on its line")
            }
            let row = Row(line: line, fields: fields)
            if isFirst, let heading, let found = try heading(row) {
                columns = found
                return
            }
            try body(picked(row, columns, text))
        }
    }

    /// The fields that count. What a spreadsheet adds behind them, empty, does not.
    private func picked(_ row: Row, _ columns: Columns, _ text: String) throws(DatasetError) -> Row {
        if row.fields.count == columns.count, columns.isAsNamed { return row }
        var fields = row.fields
        while fields.count > columns.count, fields.last == "" { fields.removeLast() }
        guard fields.count == columns.count else { throw unfit(text, row.line) }
        return Row(line: row.line, fields: columns.places.map { fields[$0] })
    }

    private func unfit(_ text: String, _ line: Int) -> DatasetError {
        .field(
            file: path, line: line, field: "line", found: FieldText.quoted(text),
            expected: names.joined(separator: ",")
                + (text.utf8.contains(0x0D) ? " a line; these end in a carriage return alone" : ""))
    }

    /// Without the line ends and the byte order mark.
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
            if left == size {
                try requireText(portion)
                buffer += portion.dropFirst(portion.starts(with: TextEncoding.mark) ? TextEncoding.mark.count : 0)
            } else {
                buffer += portion
            }
            left -= portion.count
            isAtEnd = portion.isEmpty
            var start = 0
            while start < buffer.count {
                let feed = Self.feed(in: buffer, from: start)
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

    private static func feed(in buffer: [UInt8], from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            memchr(bytes.baseAddress! + start, Int32(UInt8(ascii: "\n")), bytes.count - start).map {
                UnsafeRawPointer($0) - bytes.baseAddress!
            }
        }
    }

    /// Throws for a file that begins as another kind of file does, or in another encoding.
    private func requireText(_ head: [UInt8]) throws(DatasetError) {
        if let encoding = TextEncoding.foreign(head) {
            throw .field(
                file: path, line: nil, field: "text", found: encoding,
                expected: TextEncoding.expected(path, from: encoding))
        }
        guard let kind = FileKind.of(head) else { return }
        let unpacking = kind.unpacking(path).map { ": unpack it first, \($0)" } ?? ""
        throw .field(
            file: path, line: nil, field: "text", found: kind.rawValue,
            expected: "lines of \(names.joined(separator: ","))\(unpacking)")
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
        var code: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, count in
            (count, code) = WholeTransfer.read(into: UnsafeMutableRawBufferPointer(buffer), from: file)
        }
        if let code { throw .file(FileError(path: path, operation: "read", code: code)) }
        return bytes
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
            let comma = row.fields[field].contains(",") ? " with a decimal point" : ""
            throw failure(row, field, expected: "a number of pixels\(comma)")
        }
        return value
    }

    /// The box of four coordinates from `first` on.
    func box(_ row: Row, from first: Int) throws(DatasetError) -> (Float, Float, Float, Float) {
        let x0 = try coordinate(row, first)
        let y0 = try coordinate(row, first + 1)
        let x1 = try coordinate(row, first + 2)
        let y1 = try coordinate(row, first + 3)
        guard x1 >= x0 else { throw failure(row, first + 2, expected: "x1 not left of x0") }
        guard y1 >= y0 else { throw failure(row, first + 3, expected: "y1 not above y0") }
        return (x0, y0, x1, y1)
    }
}
