/// What the first line of a file of boxes says of its columns, in the words that programs use for them.
struct BoxColumns {
    private enum Role: Hashable {
        case id, left, top, right, bottom
        /// Of a box that is given by its corner or centre and its size.
        case width, height, centreX, centreY
    }

    private let table: TextTable
    private let row: TextTable.Row

    /// The columns of a heading; nil where the line is one of data.
    /// - Throws: `DatasetError` for a heading whose columns are others than an id and two corners.
    static func of(_ row: TextTable.Row, in table: TextTable) throws(DatasetError) -> TextTable.Columns? {
        let numbers = row.fields.count { FieldText.coordinate($0) != nil }
        // One number may stand behind a heading's name by accident; a line of data with one good coordinate is one of data.
        guard numbers == 0, row.fields.count >= table.names.count - 1, row.fields.count > 1 else { return nil }
        return try BoxColumns(table: table, row: row).columns()
    }

    private func columns() throws(DatasetError) -> TextTable.Columns? {
        let words = row.fields.map(Self.word)
        var roles = Self.roles(words)
        // Beside a column of images, one of the numbers or names of the boxes.
        let ids = roles.indices.filter { roles[$0] == .id }
        let images = ids.filter { !["id", "ids", "key", "name"].contains(words[$0]) }
        if images.count == 1 { for other in ids where other != images[0] { roles[other] = nil } }
        let corners = [Role.id, .left, .top, .right, .bottom]
        let places = corners.map { role in roles.indices.filter { roles[$0] == role } }
        if let twice = places.first(where: { $0.count > 1 }) {
            throw refusal("\(FieldText.quoted(row.fields[twice[0]])) and \(FieldText.quoted(row.fields[twice[1]]))")
        }
        if places.dropFirst().allSatisfy({ $0.count == 1 }) {
            // The id may have any name where it can be no other column.
            let rest = roles.indices.filter { roles[$0] == nil }
            guard let id = places[0].first ?? (rest.count == 1 ? rest[0] : rest.first.flatMap { $0 == 0 ? 0 : nil })
            else { throw refusal("no column of ids") }
            return .init(places: [id] + places.dropFirst().map { $0[0] }, count: row.fields.count)
        }
        let sizes = roles.indices.filter { index in
            roles[index].map { [.width, .height, .centreX, .centreY].contains($0) } ?? false
        }
        guard sizes.isEmpty else {
            throw refusal(
                "\(FieldText.quoted(row.fields[sizes[0]])): a corner or centre with a size",
                " (x1 = x0 + width - 1, y1 = y0 + height - 1)")
        }
        // Names that say nothing: by position. Names that say something else must not be taken for these.
        let known = places.dropFirst().enumerated().allSatisfy { place, found in
            found.first.map { $0 == place + 1 } ?? true
        }
        guard row.fields.count == table.names.count, known, places[0].first ?? 0 == 0 else {
            throw refusal(FieldText.quoted(row.fields.joined(separator: ",")))
        }
        return .init(places: Array(table.names.indices), count: table.names.count)
    }

    private func refusal(_ found: String, _ advice: String = "") -> DatasetError {
        .field(
            file: table.path, line: row.line, field: "heading", found: found,
            expected: table.names.joined(separator: ",") + ", the first and the last pixel of the box" + advice)
    }

    /// Letters and digits in small type, without what is put in front of the names of a box.
    private static func word(_ field: Substring) -> String {
        let letters = field.lowercased().filter { $0.isLetter || $0.isNumber }
        for prefix in ["boundingbox", "predicted", "prediction", "pred", "bndbox", "bbox", "box"]
        where letters.hasPrefix(prefix) && letters.count > prefix.count {
            return word(letters.dropFirst(prefix.count)[...])
        }
        return letters
    }

    private static func roles(_ words: [String]) -> [Role?] {
        // "x1" is the left side beside "x2", and the right one beside "x0"; "x" alone is the left one.
        func isThere(_ word: String) -> Bool { words.contains(word) }
        let areLetters = ["l", "t", "r", "b"].allSatisfy(isThere)
        return words.map { word in
            switch word {
            case "l" where areLetters: .left
            case "t" where areLetters: .top
            case "r" where areLetters: .right
            case "b" where areLetters: .bottom
            case "id", "ids", "image", "imageid", "imageids", "img", "imgid", "file", "filename", "filepath", "path",
                "imagepath", "imgpath", "imagename", "imgname", "name", "fname", "imagefile", "key":
                .id
            case "x1": isThere("x2") || !isThere("x0") && isThere("xmax") ? .left : .right
            case "y1": isThere("y2") || !isThere("y0") && isThere("ymax") ? .top : .bottom
            case "x0", "xmin", "xmn", "minx", "left", "xleft", "leftx", "xtl", "tlx", "startx", "xstart", "xs",
                "topleftx", "xtopleft", "lefttopx":
                .left
            case "y0", "ymin", "ymn", "miny", "top", "ytop", "topy", "ytl", "tly", "starty", "ystart", "ys",
                "toplefty", "ytopleft", "lefttopy":
                .top
            case "x2", "xmax", "xmx", "maxx", "right", "xright", "rightx", "xbr", "brx", "endx", "xend", "xe",
                "bottomrightx", "xbottomright", "rightbottomx":
                .right
            case "y2", "ymax", "ymx", "maxy", "bottom", "ybottom", "bottomy", "ybr", "bry", "endy", "yend", "ye",
                "bottomrighty", "ybottomright", "rightbottomy":
                .bottom
            case "x": .left
            case "y": .top
            case "w", "width", "wd": .width
            case "h", "height", "ht": .height
            case "cx", "xc", "xcenter", "xcentre", "centerx", "centrex", "ctrx", "midx", "xmid": .centreX
            case "cy", "yc", "ycenter", "ycentre", "centery", "centrey", "ctry", "midy", "ymid": .centreY
            default: nil
            }
        }
    }
}
