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
    func load() throws(DatasetError) -> AnnotationList {
        let ids = try readIDs()
        let index = PackedIndex(ids, order: ids.ascendingOrder())
        var labels = [UInt32](repeating: 0, count: ids.count)
        try once("class_labels.txt", ["image id", "class index"], ids, index) {
            (table, row, place) throws(DatasetError) in
            labels[place] = UInt32(try table.count(row, 1, in: 0...classes.count - 1))
        }
        var widths = labels
        var heights = labels
        try once("image_sizes.txt", ["image id", "width", "height"], ids, index) {
            (table, row, place) throws(DatasetError) in
            widths[place] = UInt32(try table.count(row, 1, in: Self.sides))
            heights[place] = UInt32(try table.count(row, 2, in: Self.sides))
        }
        let (boxes, ends) = try readBoxes(ids, index)
        return AnnotationList(
            ids: ids, labels: labels, widths: widths, heights: heights, boxes: boxes, boxEnds: ends
        ).sortedByID()
    }

    private func table(_ name: String, _ fields: [String]) -> TextTable {
        TextTable(path: folder + "/" + name, fields: fields)
    }

    /// In the file's order.
    private func readIDs() throws(DatasetError) -> PackedStrings {
        let table = table(Self.ids, ["image id"])
        var ids = PackedStrings()
        try table.forEachRow { row throws(DatasetError) in
            guard let id = FieldText.id(row.fields[0]) else { throw table.failure(row, 0, expected: "an image id") }
            ids.append(id)
        }
        guard let order = ids.ascendingOrder() else { return ids }
        // Equal ones lie side by side, in the file's order.
        let repeated = order.indices.dropFirst().filter { !ids.isBefore(Int(order[$0 - 1]), Int(order[$0])) }
        guard let first = repeated.map({ Int(order[$0]) }).min() else { return ids }
        try table.forEachRow { row throws(DatasetError) in
            if row.line == first + 1 { throw table.failure(row, 0, expected: "each image id once") }
        }
        return ids
    }

    /// A file that has exactly one line for each id; `take` keeps a line's values.
    private func once(
        _ name: String, _ fields: [String], _ ids: PackedStrings, _ index: PackedIndex,
        _ take: (TextTable, TextTable.Row, _ place: Int) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        let table = table(name, fields)
        var isThere = [Bool](repeating: false, count: ids.count)
        try table.forEachRow { row throws(DatasetError) in
            let place = try place(of: row, in: table, index)
            guard !isThere[place] else { throw table.failure(row, 0, expected: "each image id once") }
            isThere[place] = true
            try take(table, row, place)
        }
        try requireAll(ids, in: table) { isThere[$0] }
    }

    /// All boxes, image by image, those of one image in the file's order; and where each image's end.
    private func readBoxes(
        _ ids: PackedStrings, _ index: PackedIndex
    ) throws(DatasetError) -> (boxes: [Box], ends: [UInt32]) {
        let table = table("localization.txt", ["image id", "x0", "y0", "x1", "y1"])
        var boxes: [Box] = []
        var places: [UInt32] = []
        var counts = [UInt32](repeating: 0, count: ids.count)
        var isAscending = true
        try table.forEachRow { row throws(DatasetError) in
            let place = try place(of: row, in: table, index, after: places.last.map { Int($0) })
            let box = Box(
                try table.coordinate(row, 1), try table.coordinate(row, 2), try table.coordinate(row, 3),
                try table.coordinate(row, 4))
            guard box.x1 >= box.x0 else { throw table.failure(row, 3, expected: "x1 not left of x0") }
            guard box.y1 >= box.y0 else { throw table.failure(row, 4, expected: "y1 not above y0") }
            if let last = places.last, last > place { isAscending = false }
            boxes.append(box)
            places.append(UInt32(place))
            counts[place] += 1
        }
        try requireAll(ids, in: table) { counts[$0] > 0 }
        if !isAscending {
            // With the row behind it, so that boxes of one image stay in order.
            boxes = boxes.indices.sorted { (places[$0], $0) < (places[$1], $1) }.map { boxes[$0] }
        }
        var end: UInt32 = 0
        for place in counts.indices {
            end += counts[place]
            counts[place] = end
        }
        return (boxes, counts)
    }

    /// The row's id is looked for first where the one before it was found, and at the row's own place.
    private func place(
        of row: TextTable.Row, in table: TextTable, _ index: PackedIndex, after last: Int? = nil
    ) throws(DatasetError) -> Int {
        let near = last ?? row.line - 2
        guard let id = FieldText.id(row.fields[0]), let place = index.place(of: id, near: near) else {
            throw table.failure(row, 0, expected: "an image id of \(Self.ids)")
        }
        return place
    }

    private func requireAll(
        _ ids: PackedStrings, in table: TextTable, _ isThere: (Int) -> Bool
    ) throws(DatasetError) {
        let missing = (0..<ids.count).filter { !isThere($0) }.map { ids[$0] }.sorted()
        guard let first = missing.first else { return }
        let others = missing.count == 1 ? "" : " and \(missing.count - 1) others"
        throw .field(
            file: table.path, line: nil, field: "image id", found: "no line for \(first)\(others)",
            expected: "every image id of \(Self.ids)")
    }
}
