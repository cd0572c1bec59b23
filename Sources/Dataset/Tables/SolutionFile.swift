import SelectiveTuning

/// `LOC_val_solution.csv` of Kaggle's ImageNet object localization challenge: a heading, then a line an image,
/// `id,n01440764 x0 y0 x1 y1 n01440764 x0 y0 x1 y1 ...`, in pixels of the original image. The sizes of the images are not
/// in it. A program that saved it again may have added columns: the heading says where the two are.
struct SolutionFile {
    let path: String
    let classes: ClassIndex

    private static let heading = ["ImageId", "PredictionString"]

    /// Sorted by id.
    func load() throws(DatasetError) -> AnnotationList {
        let table = DelimitedFile(path: path, fields: Self.heading)
        var called = PackedStrings()
        var lines: [Int] = []
        var annotations = AnnotationList()
        try table.forEachRow(heading: Self.columns) { row throws(DatasetError) in
            guard FieldText.id(row.fields[0]) != nil else { throw table.failure(row, 0, expected: "an image id") }
            called.append(String(FieldText.called(row.fields[0])))
            lines.append(row.line)
            annotations.append(try annotation(row, table))
        }
        guard !annotations.isEmpty else {
            throw .field(
                file: path, line: nil, field: "lines", found: "no image",
                expected: Self.heading.joined(separator: ",") + " and a line an image")
        }
        do throws(ImageIDs.Problem) {
            return annotations.named(try ImageIDs.ids(of: called)).sortedByID()
        } catch {
            let first = error.first.map { ", which line \(lines[$0]) has" } ?? ""
            throw .field(
                file: path, line: lines[error.place], field: "image id",
                found: FieldText.quoted(called[error.place]) + first, expected: error.expected)
        }
    }

    /// Nil for a line of data.
    private static func columns(_ row: DelimitedFile.Row) -> DelimitedFile.Columns? {
        let words = row.fields.map { $0.lowercased().filter { $0.isLetter } }
        let ids = words.indices.filter { ["imageid", "id", "image"].contains(words[$0]) }
        let boxes = words.indices.filter { words[$0] == "predictionstring" }
        if boxes.count == 1, ids.count == 1 { return .init(places: [ids[0], boxes[0]], count: words.count) }
        // Other words: a line of data has numbers.
        if words.count == heading.count, !row.fields[1].contains(where: \.isNumber), !row.fields[1].isEmpty {
            return .init(places: [0, 1], count: words.count)
        }
        return nil
    }

    private func annotation(_ row: DelimitedFile.Row, _ table: DelimitedFile) throws(DatasetError) -> Annotation {
        let words = row.fields[1].split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty, words.count % 5 == 0 else {
            throw table.failure(row, 1, expected: "one or more objects of five words, a synset id and x0 y0 x1 y1")
        }
        var label: Int?
        var boxes: [Box] = []
        for start in stride(from: 0, to: words.count, by: 5) {
            let synset = words[start]
            guard let index = classes.index(of: String(synset)) else {
                throw failure(row, "class", synset, "one of the \(classes.count) classes\(classes.advice)")
            }
            guard label == nil || label == index else {
                throw failure(row, "class", synset, "one class an image, \(words[0]) as before")
            }
            label = index
            var corners: [Float] = []
            for word in words[(start + 1)...(start + 4)] {
                guard let value = FieldText.coordinate(word) else {
                    throw failure(row, "box", word, "a number of pixels")
                }
                corners.append(value)
            }
            let box = Box(corners[0], corners[1], corners[2], corners[3])
            guard box.x1 >= box.x0, box.y1 >= box.y0 else {
                throw failure(
                    row, "box", words[(start + 1)...(start + 4)].joined(separator: " "), "x0 <= x1 and y0 <= y1")
            }
            boxes.append(box)
        }
        return Annotation(id: String(row.fields[0]), label: label!, boxes: boxes)
    }

    private func failure(
        _ row: DelimitedFile.Row, _ field: String, _ found: some StringProtocol, _ expected: String
    ) -> DatasetError {
        .field(file: path, line: row.line, field: field, found: FieldText.quoted(found), expected: expected)
    }
}
