import SelectiveTuning

/// `LOC_val_solution.csv` of Kaggle's ImageNet object localization challenge: a heading, then a line an image,
/// `id,n01440764 x0 y0 x1 y1 n01440764 x0 y0 x1 y1 ...`, in pixels of the original image. The sizes of the images are not
/// in it.
struct SolutionFile {
    let path: String
    let classes: ClassIndex

    private static let heading = ["ImageId", "PredictionString"]

    /// Sorted by id.
    func load() throws(DatasetError) -> AnnotationList {
        let table = TextTable(path: path, fields: Self.heading)
        var annotations = AnnotationList()
        try table.forEachRow { row throws(DatasetError) in
            if row.line == 1, row.fields.map(String.init) == Self.heading { return }
            guard let id = FieldText.id(row.fields[0]) else { throw table.failure(row, 0, expected: "an image id") }
            annotations.append(try annotation(id, row, table))
        }
        guard !annotations.isEmpty else {
            throw .field(
                file: path, line: nil, field: "lines", found: "no image",
                expected: Self.heading.joined(separator: ",") + " and a line an image")
        }
        try requireEachOnce(annotations)
        return annotations.sortedByID()
    }

    private func annotation(_ id: String, _ row: TextTable.Row, _ table: TextTable) throws(DatasetError) -> Annotation {
        let words = row.fields[1].split(separator: " ")
        guard !words.isEmpty, words.count % 5 == 0 else {
            throw table.failure(row, 1, expected: "one or more objects of five words, a synset id and x0 y0 x1 y1")
        }
        var label: Int?
        var boxes: [Box] = []
        for start in stride(from: 0, to: words.count, by: 5) {
            let synset = words[start]
            guard let index = classes.index(of: String(synset)) else {
                throw failure(row, "class", synset, "one of the \(classes.count) classes")
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
        return Annotation(id: id, label: label!, boxes: boxes)
    }

    private func failure(
        _ row: TextTable.Row, _ field: String, _ found: some StringProtocol, _ expected: String
    ) -> DatasetError {
        .field(file: path, line: row.line, field: field, found: FieldText.quoted(found), expected: expected)
    }

    private func requireEachOnce(_ annotations: AnnotationList) throws(DatasetError) {
        var seen: Set<String> = []
        for annotation in annotations where !seen.insert(annotation.id).inserted {
            throw .field(
                file: path, line: nil, field: "image id", found: "two lines for \(annotation.id)",
                expected: "each image id once")
        }
    }
}
