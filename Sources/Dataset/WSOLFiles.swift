import SelectiveTuning

/// The four text files of the WSOL benchmark (Choe et al., "Evaluating weakly supervised object localization methods
/// right", CVPR 2020): ids; one class and one size an id; one or more boxes an id. Ids may carry a folder and an
/// extension.
struct WSOLFiles {
    static let ids = "image_ids.txt"

    let folder: String
    let classes: ClassIndex

    /// The largest side that an image may be said to have.
    private static let sides = 1...65_535

    /// Sorted by id. Every id stands once in the first three files, and at least once among the boxes.
    func load() throws(DatasetError) -> [Annotation] {
        let table = try table(Self.ids, ["image id"])
        var positions: [String: Int] = [:]
        positions.reserveCapacity(table.rows.count)
        var ids: [String] = []
        for row in table.rows {
            guard let id = FieldText.id(row.fields[0]) else { throw table.failure(row, 0, expected: "an image id") }
            guard positions.updateValue(ids.count, forKey: id) == nil else {
                throw table.failure(row, 0, expected: "each image id once")
            }
            ids.append(id)
        }
        let labels = try once("class_labels.txt", ["image id", "class index"], positions) {
            (table, row) throws(DatasetError) in try table.count(row, 1, in: 0...classes.count - 1)
        }
        let sizes = try once("image_sizes.txt", ["image id", "width", "height"], positions) {
            (table, row) throws(DatasetError) in
            (try table.count(row, 1, in: Self.sides), try table.count(row, 2, in: Self.sides))
        }
        let boxes = try boxes(positions)
        return ids.indices.map { index in
            Annotation(
                id: ids[index], label: labels[index], boxes: boxes[index], declaredWidth: sizes[index].0,
                declaredHeight: sizes[index].1)
        }.sorted { $0.id < $1.id }
    }

    private func table(_ name: String, _ fields: [String]) throws(DatasetError) -> TextTable {
        try TextTable(path: folder + "/" + name, fields: fields)
    }

    /// The values of a file that has exactly one line for each id.
    private func once<Value>(
        _ name: String, _ fields: [String], _ positions: [String: Int],
        _ value: (TextTable, TextTable.Row) throws(DatasetError) -> Value
    ) throws(DatasetError) -> [Value] {
        let table = try table(name, fields)
        var values = [Value?](repeating: nil, count: positions.count)
        for row in table.rows {
            let position = try position(of: row, in: table, positions)
            guard values[position] == nil else { throw table.failure(row, 0, expected: "each image id once") }
            values[position] = try value(table, row)
        }
        try requireAll(positions, in: table) { values[$0] != nil }
        return values.map { $0! }
    }

    private func boxes(_ positions: [String: Int]) throws(DatasetError) -> [[Box]] {
        let table = try table("localization.txt", ["image id", "x0", "y0", "x1", "y1"])
        var boxes = [[Box]](repeating: [], count: positions.count)
        for row in table.rows {
            let position = try position(of: row, in: table, positions)
            let box = Box(
                try table.coordinate(row, 1), try table.coordinate(row, 2), try table.coordinate(row, 3),
                try table.coordinate(row, 4))
            guard box.x1 >= box.x0 else { throw table.failure(row, 3, expected: "x1 not left of x0") }
            guard box.y1 >= box.y0 else { throw table.failure(row, 4, expected: "y1 not above y0") }
            boxes[position].append(box)
        }
        try requireAll(positions, in: table) { !boxes[$0].isEmpty }
        return boxes
    }

    private func position(
        of row: TextTable.Row, in table: TextTable, _ positions: [String: Int]
    ) throws(DatasetError) -> Int {
        guard let id = FieldText.id(row.fields[0]), let position = positions[id] else {
            throw table.failure(row, 0, expected: "an image id of \(Self.ids)")
        }
        return position
    }

    private func requireAll(
        _ positions: [String: Int], in table: TextTable, _ isThere: (Int) -> Bool
    ) throws(DatasetError) {
        let missing = positions.filter { !isThere($0.value) }.keys.sorted()
        guard let first = missing.first else { return }
        let others = missing.count == 1 ? "" : " and \(missing.count - 1) others"
        throw .field(
            file: table.path, line: nil, field: "image id", found: "no line for \(first)\(others)",
            expected: "every image id of \(Self.ids)")
    }
}
