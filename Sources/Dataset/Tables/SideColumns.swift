/// What the first line of the benchmark's tables of classes and of sizes says of its columns, where a program that saved them
/// again has put one there.
enum SideColumns {
    /// The columns of a heading; nil where the line is one of data.
    /// - Throws: `DatasetError` for a heading that does not name each of the table's columns once.
    static func of(_ row: DelimitedFile.Row, in table: DelimitedFile) throws(DatasetError) -> DelimitedFile.Columns? {
        let names = row.fields.map { ColumnName($0) }
        let ids = names.indices.filter { names[$0].isID }
        guard !ids.isEmpty, row.fields.allSatisfy({ FieldText.coordinate($0) == nil }) else { return nil }
        let images = ids.filter { place in names[place].ids.contains { !["id", "ids", "key", "name"].contains($0) } }
        let columns =
            [images.count == 1 ? images : ids]
            + table.names.dropFirst().map { wanted in
                names.indices.filter { isMeant(names[$0], wanted) }
            }
        guard columns.allSatisfy({ $0.count == 1 }) else {
            throw .field(
                file: table.path, line: row.line, field: "heading",
                found: FieldText.quoted(row.fields.joined(separator: ",")),
                expected: table.names.joined(separator: ",") + ", each once, or no heading")
        }
        return .init(places: columns.map { $0[0] }, count: row.fields.count)
    }

    private static func isMeant(_ name: ColumnName, _ wanted: String) -> Bool {
        switch wanted {
        case "width": name.sizeAxis == .x
        case "height": name.sizeAxis == .y
        default: name.saysLabel && !name.saysPlace && name.unknown.isEmpty && name.numbers.isEmpty
        }
    }
}
