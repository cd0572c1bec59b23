/// A text file of comma-separated fields, one record a line; lines may end in CR LF, the last one need not end.
struct TextTable {
    struct Row {
        /// Counts from 1.
        let line: Int
        let fields: [Substring]
    }

    let path: String
    let rows: [Row]
    private let names: [String]

    /// Bytes that a file may have: 16 times the largest of the benchmark's.
    private static let maximalBytes = 64 << 20

    /// - Parameter names: what each field of a line is, for messages.
    /// - Throws: `DatasetError` for a file that cannot be read or a line with more or fewer fields.
    init(path: String, fields names: [String]) throws(DatasetError) {
        guard let text = String(validating: try FileTree.read(path, limit: Self.maximalBytes), as: UTF8.self) else {
            throw .field(file: path, line: nil, field: "text", found: "bytes that are no UTF-8", expected: "UTF-8")
        }
        let lines = Self.lines(of: text)
        var rows: [Row] = []
        rows.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            let fields = line.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            guard fields.count == names.count, !line.isEmpty else {
                throw .field(
                    file: path, line: index + 1, field: "line", found: FieldText.quoted(line),
                    expected: names.joined(separator: ","))
            }
            rows.append(Row(line: index + 1, fields: fields.map { Substring($0) }))
        }
        self.path = path
        self.rows = rows
        self.names = names
    }

    private static func lines(of text: String) -> [Substring] {
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            Substring(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
        }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines
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
