import SelectiveTuning

/// Somebody else's boxes: a text file with a line a box, `id,x0,y0,x1,y1`, in pixels of the original image, inclusive, as
/// the WSOL benchmark writes true boxes. One box or several an image, in any order; ids may carry a folder and an
/// extension; a first line that names the columns is left out.
public struct PredictedBoxes: Sendable {
    /// By image id, each in the file's order.
    public private(set) var boxes: [String: [Box]] = [:]

    /// - Parameter isKnown: whether there is an image of that id.
    /// - Throws: `DatasetError` that names the line and the field.
    public init(path: String, isKnown: (String) -> Bool) throws(DatasetError) {
        let table = TextTable(path: path, fields: ["image id", "x0", "y0", "x1", "y1"])
        var found: [String: [Box]] = [:]
        try table.forEachRow { row throws(DatasetError) in
            if row.line == 1, row.fields[1].lowercased() == "x0" { return }
            guard let id = FieldText.id(row.fields[0]), isKnown(id) else {
                throw table.failure(row, 0, expected: "the id of an annotated image")
            }
            let box = Box(
                try table.coordinate(row, 1), try table.coordinate(row, 2), try table.coordinate(row, 3),
                try table.coordinate(row, 4))
            guard box.x1 >= box.x0 else { throw table.failure(row, 3, expected: "x1 not left of x0") }
            guard box.y1 >= box.y0 else { throw table.failure(row, 4, expected: "y1 not above y0") }
            found[id, default: []].append(box)
        }
        boxes = found
    }
}
