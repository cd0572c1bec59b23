import SelectiveTuning

/// The four text files of the WSOL benchmark (Choe et al., "Evaluating weakly supervised object localization methods
/// right", CVPR 2020): ids; one class and one size an id; one or more boxes an id, or one or more masks. Ids may carry a
/// folder and an extension.
struct WSOLFiles {
    static let ids = "image_ids.txt"
    static let all = [ids, "class_labels.txt", "image_sizes.txt", "localization.txt"]

    let folder: String
    let classes: ClassIndex
    /// The folder in which the masks' paths begin; nil where none was named.
    var masks: String?

    /// The largest side that an image may be said to have.
    private static let sides = 1...65_535

    /// Sorted by id. Every id stands once in the first three files, and at least once among the boxes.
    func load() throws(DatasetError) -> AnnotationList {
        let (ids, called) = try readIDs()
        let index = IDIndex(ids)
        var labels = [UInt32](repeating: 0, count: ids.count)
        try once("class_labels.txt", ["image id", "class index"], ids, index) {
            (table, row, place) throws(DatasetError) in
            labels[place] = UInt32(try classIndex(row, table))
        }
        var widths = labels
        var heights = labels
        try once("image_sizes.txt", ["image id", "width", "height"], ids, index) {
            (table, row, place) throws(DatasetError) in
            widths[place] = UInt32(try table.count(row, 1, in: Self.sides))
            heights[place] = UInt32(try table.count(row, 2, in: Self.sides))
        }
        guard WSOLMasks.isListed(in: folder + "/" + Self.boxes) else {
            if let masks {
                throw .field(
                    file: folder + "/" + Self.boxes, line: nil, field: "masks", found: "boxes",
                    expected: "lines image id,mask.png,ignored.png beside --masks \(masks)")
            }
            let (boxes, ends) = try readBoxes(ids, index)
            return AnnotationList(
                ids: ids, called: called, labels: labels, widths: widths, heights: heights, boxes: boxes, boxEnds: ends
            ).sortedByID()
        }
        let names = try readMasks(ids, index)
        guard let masks else {
            throw .field(
                file: folder + "/" + Self.boxes, line: nil, field: "masks",
                found: "\(FieldText.quoted(names[0].objects[0])) and others",
                expected: "--masks DIR, the folder in which these paths begin")
        }
        let found = try MaskBoxes.find(names, of: ids, widths: widths, heights: heights, folder: masks)
        var list = AnnotationList(
            ids: ids, called: called, labels: labels, widths: widths, heights: heights, boxes: found.boxes,
            boxEnds: found.ends, masks: found.names
        ).sortedByID()
        list.notes += found.notes
        return list
    }

    static let boxes = "localization.txt"

    /// By image, those of one image in the file's order.
    private func readMasks(_ ids: PackedStrings, _ index: IDIndex) throws(DatasetError) -> [MaskNames] {
        let table = table(Self.boxes, ["image id", "mask", "ignored mask"])
        var names = [MaskNames](repeating: MaskNames(), count: ids.count)
        var last: Int?
        try table.forEachRow(heading: Self.heading(table)) { row throws(DatasetError) in
            let place = try place(of: row, in: table, index, after: last)
            last = place
            for field in 1...2 {
                let name = FieldText.called(row.fields[field])
                // The ignored pixels stand once, beside an image's first mask.
                if field == 2, name.isEmpty { continue }
                guard FieldText.isInside(name), name.lowercased().hasSuffix(".png") else {
                    throw table.failure(row, field, expected: "the path of a .png inside of the folder of masks")
                }
                if field == 1 {
                    guard !names[place].objects.contains(String(name)) else {
                        throw table.failure(row, field, expected: "each mask of an image once")
                    }
                    names[place].objects.append(String(name))
                } else {
                    names[place].ignored.append(String(name))
                }
            }
        }
        try requireAll(ids, in: table) { !names[$0].objects.isEmpty }
        return names
    }

    private func classIndex(_ row: DelimitedFile.Row, _ table: DelimitedFile) throws(DatasetError) -> Int {
        guard let value = FieldText.count(row.fields[1]), value < classes.count else {
            throw table.failure(row, 1, expected: "an integer in 0...\(classes.count - 1)\(classes.advice)")
        }
        return value
    }

    private func table(_ name: String, _ fields: [String]) -> DelimitedFile {
        DelimitedFile(path: folder + "/" + name, fields: fields)
    }

    /// In the file's order: the ids, and what the file calls them.
    private func readIDs() throws(DatasetError) -> (ids: PackedStrings, called: PackedStrings) {
        let table = table(Self.ids, ["image id"])
        var called = PackedStrings()
        try table.forEachRow(heading: Self.heading(table)) { row throws(DatasetError) in
            guard FieldText.id(row.fields[0]) != nil else { throw table.failure(row, 0, expected: "an image id") }
            called.append(String(FieldText.called(row.fields[0])))
        }
        guard called.count > 0 else {
            throw .field(file: table.path, line: nil, field: "lines", found: "no image id", expected: "one a line")
        }
        do throws(ImageIDs.Problem) {
            return (try ImageIDs.ids(of: called), called)
        } catch {
            throw .field(
                file: table.path, line: try line(of: error.place, in: table), field: "image id",
                found: FieldText.quoted(called[error.place]), expected: error.expected)
        }
    }

    /// Of the row at this place, for a message: the lines of all are not kept for it.
    private func line(of place: Int, in table: DelimitedFile) throws(DatasetError) -> Int? {
        var rows = 0
        var line: Int?
        try table.forEachRow(heading: Self.heading(table)) { row in
            if rows == place { line = row.line }
            rows += 1
        }
        return line
    }

    /// The benchmark's files have none; a spreadsheet may have put one there.
    private static func heading(_ table: DelimitedFile) -> (DelimitedFile.Row) throws(DatasetError) -> DelimitedFile
        .Columns?
    {
        { row throws(DatasetError) in
            if table.names.count == 1 {
                guard row.fields.count == 1, FieldText.isHeadingOfIDs(row.fields[0]) else { return nil }
                return .init(places: [0], count: 1)
            }
            if table.names[1] == "mask" {
                let isHeading = row.fields.count == 3 && FieldText.isHeadingOfIDs(row.fields[0])
                return isHeading && !row.fields[1].contains(".") ? .init(places: [0, 1, 2], count: 3) : nil
            }
            guard table.names.count == 5 else { return try SideColumns.of(row, in: table) }
            // A line of data that has no number is refused as one.
            return row.fields.contains { ColumnName($0).isID } ? try BoxColumns.of(row, in: table) : nil
        }
    }

    /// A file that has exactly one line for each id; `take` keeps a line's values.
    private func once(
        _ name: String, _ fields: [String], _ ids: PackedStrings, _ index: IDIndex,
        _ take: (DelimitedFile, DelimitedFile.Row, _ place: Int) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        let table = table(name, fields)
        var isThere = [Bool](repeating: false, count: ids.count)
        try table.forEachRow(heading: Self.heading(table)) { row throws(DatasetError) in
            let place = try place(of: row, in: table, index)
            guard !isThere[place] else { throw table.failure(row, 0, expected: "each image id once") }
            isThere[place] = true
            try take(table, row, place)
        }
        try requireAll(ids, in: table) { isThere[$0] }
    }

    /// All boxes, image by image, those of one image in the file's order; and where each image's end.
    private func readBoxes(
        _ ids: PackedStrings, _ index: IDIndex
    ) throws(DatasetError) -> (boxes: [Box], ends: [UInt32]) {
        let table = table(Self.boxes, ["image id", "x0", "y0", "x1", "y1"])
        var boxes: [Box] = []
        var places: [UInt32] = []
        boxes.reserveCapacity(ids.count)
        places.reserveCapacity(ids.count)
        var counts = [UInt32](repeating: 0, count: ids.count)
        var isAscending = true
        try table.forEachRow(heading: Self.heading(table)) { row throws(DatasetError) in
            let place = try place(of: row, in: table, index, after: places.last.map { Int($0) })
            let (x0, y0, x1, y1) = try table.box(row, from: 1)
            if let last = places.last, last > place { isAscending = false }
            boxes.append(Box(x0, y0, x1, y1))
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
        of row: DelimitedFile.Row, in table: DelimitedFile, _ index: IDIndex, after last: Int? = nil
    ) throws(DatasetError) -> Int {
        let near = last ?? row.line - 2
        guard let place = index.place(of: row.fields[0], near: near) else {
            throw table.failure(
                row, 0, expected: index.expectation(row.fields[0], "an image id of \(Self.ids)"))
        }
        return place
    }

    private func requireAll(
        _ ids: PackedStrings, in table: DelimitedFile, _ isThere: (Int) -> Bool
    ) throws(DatasetError) {
        let missing = (0..<ids.count).filter { !isThere($0) }.map { ids[$0] }.sorted()
        guard let first = missing.first else { return }
        let others = missing.count == 1 ? "" : " and \(missing.count - 1) others"
        throw .field(
            file: table.path, line: nil, field: "image id", found: "no line for \(first)\(others)",
            expected: "every image id of \(Self.ids)")
    }
}
