import SelectiveTuning

/// Somebody else's boxes: a text file with a line a box, `id,x0,y0,x1,y1`, in pixels of the original image, inclusive, as
/// the WSOL benchmark writes true boxes. One box or several an image, in any order; ids may carry a folder and an
/// extension. A first line that names the columns gives their order, and other columns beside them do not count.
public struct PredictedBoxes: Sendable {
    /// By image id, each in the file's order.
    public private(set) var boxes: [String: [Box]] = [:]
    /// Boxes of annotated images that are not among those wanted, and of how many images.
    public private(set) var leftOut: (boxes: Int, images: Int) = (0, 0)

    /// - Parameters:
    ///   - annotations: of all images that there are.
    ///   - isWanted: whether the boxes of an annotated image count.
    /// - Throws: `DatasetError` that names the line and the field.
    public init(
        path: String, annotations: AnnotationList, isWanted: (String) -> Bool = { _ in true }
    ) throws(DatasetError) {
        let table = DelimitedFile(path: path, fields: ["image id", "x0", "y0", "x1", "y1"])
        let index = IDIndex(annotations.ids)
        var found: [String: [Box]] = [:]
        var others: [String: Int] = [:]
        try table.forEachRow(heading: { row throws(DatasetError) in try BoxColumns.of(row, in: table) }) {
            row throws(DatasetError) in
            guard let place = index.place(of: row.fields[0], near: row.line - 2) else {
                throw table.failure(
                    row, 0, expected: index.expectation(row.fields[0], "the id of an annotated image"))
            }
            let (x0, y0, x1, y1) = try table.box(row, from: 1)
            let id = annotations.ids[place]
            if isWanted(id) {
                found[id, default: []].append(Box(x0, y0, x1, y1))
            } else {
                others[id, default: 0] += 1
            }
        }
        boxes = found
        leftOut = (others.values.reduce(0, +), others.count)
    }
}
