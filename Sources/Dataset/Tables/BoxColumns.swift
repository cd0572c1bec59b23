/// What the first line of a file of boxes says of its columns. It is understood wholly, the axis and the side of all four
/// coordinates, or refused: an order that is guessed would give another number without a word.
struct BoxColumns {
    private typealias Axis = ColumnName.Axis
    private typealias Side = ColumnName.Side

    private enum Role: Equatable {
        case id
        case corner(Axis, Side)
        /// "x1" is the left side beside "x2", and the right one beside "x0".
        case one(Axis)
        /// "x" is the left side where nothing else is.
        case axis(Axis)
        /// Of a box that is given by its corner or centre and its size.
        case size
        /// Says something of a place that cannot be told.
        case unclear
        case other
    }

    private let table: DelimitedFile
    private let row: DelimitedFile.Row
    private let names: [ColumnName]

    /// The columns of a heading; nil where the line is one of data.
    /// - Throws: `DatasetError` for a heading whose columns are others than an id and two corners, or are not understood.
    static func of(_ row: DelimitedFile.Row, in table: DelimitedFile) throws(DatasetError) -> DelimitedFile.Columns? {
        let numbers = row.fields.count { FieldText.coordinate($0) != nil }
        // One number may stand behind a heading's name by accident; a line of data with one good coordinate is one of data.
        guard numbers == 0, row.fields.count >= table.names.count - 1, row.fields.count > 1 else { return nil }
        return try BoxColumns(table: table, row: row, names: row.fields.map { ColumnName($0) }).columns()
    }

    private func columns() throws(DatasetError) -> DelimitedFile.Columns? {
        let roles = roles()
        func place(_ axis: Axis, _ side: Side) throws(DatasetError) -> Int? {
            let found = roles.indices.filter { roles[$0] == .corner(axis, side) }
            guard found.count < 2 else {
                throw refusal("\(FieldText.quoted(row.fields[found[0]])) and \(FieldText.quoted(row.fields[found[1]]))")
            }
            // Beside an explicit one, a bare "x" is something else.
            return found.first ?? (side == .low ? roles.firstIndex(of: .axis(axis)) : nil)
        }
        // A third point: a polygon's.
        if let odd = names.indices.first(where: { roles[$0] == .unclear && !names[$0].numbers.isEmpty }) {
            throw unclear(odd)
        }
        let (x0, y0) = (try place(.x, .low), try place(.y, .low))
        let (x1, y1) = (try place(.x, .high), try place(.y, .high))
        // Two boxes a line, of which one would be taken without a word.
        let owners = names.indices.filter { names[$0].saysPlace && !names[$0].owners.isEmpty }
        if let first = owners.first, let other = owners.first(where: { names[$0].owners != names[first].owners }) {
            throw refusal("\(FieldText.quoted(row.fields[first])) beside \(FieldText.quoted(row.fields[other]))")
        }
        if let x0, let y0, let x1, let y1 {
            let chosen = [x0, y0, x1, y1]
            if let other = owners.first(where: { !chosen.contains($0) && names[$0].owners != names[x0].owners }) {
                throw refusal("\(FieldText.quoted(row.fields[x0])) beside \(FieldText.quoted(row.fields[other]))")
            }
            return .init(places: [try id(roles), x0, y0, x1, y1], count: row.fields.count)
        }
        if let odd = roles.firstIndex(of: .unclear) { throw unclear(odd) }
        if let size = roles.firstIndex(of: .size) {
            throw refusal(
                "\(FieldText.quoted(row.fields[size])): a corner or centre with a size",
                " (x1 = x0 + width - 1, y1 = y0 + height - 1)")
        }
        throw refusal(FieldText.quoted(row.fields.joined(separator: ",")))
    }

    /// The column of the images. Beside it another one may number or name the boxes. It may have any name where it can be no
    /// other column.
    private func id(_ roles: [Role]) throws(DatasetError) -> Int {
        let ids = roles.indices.filter { roles[$0] == .id }
        let images = ids.filter { place in names[place].ids.contains { !["id", "ids", "key", "name"].contains($0) } }
        if images.count == 1 { return images[0] }
        if ids.count > 1 {
            throw refusal("\(FieldText.quoted(row.fields[ids[0]])) and \(FieldText.quoted(row.fields[ids[1]]))")
        }
        if let id = ids.first { return id }
        let rest = roles.indices.filter { roles[$0] == .other }
        guard let first = rest.first, rest.count == 1 || first == 0 else { throw refusal("no column of ids") }
        return first
    }

    private func unclear(_ place: Int) -> DatasetError {
        refusal("\(FieldText.quoted(row.fields[place])) in \(FieldText.quoted(row.fields.joined(separator: ",")))")
    }

    private func refusal(_ found: String, _ advice: String = "") -> DatasetError {
        .field(
            file: table.path, line: row.line, field: "heading", found: found,
            expected: table.names.joined(separator: ",")
                + " or such names (xmin, left, col_min), the first and the last pixel of the box" + advice)
    }

    private func roles() -> [Role] {
        let letters = row.fields.map { $0.lowercased() }
        if ["l", "t", "r", "b"].allSatisfy(letters.contains) {
            let sides: [String: Role] = [
                "l": .corner(.x, .low), "t": .corner(.y, .low), "r": .corner(.x, .high), "b": .corner(.y, .high),
            ]
            return zip(letters, names).map { sides[$0] ?? Self.role($1) }
        }
        let roles = names.map(Self.role)
        return roles.map { role in
            guard case .one(let axis) = role else { return role }
            let isLow = roles.contains(.corner(axis, .low))
            let isHigh = roles.contains(.corner(axis, .high))
            if isHigh { return isLow ? .unclear : .corner(axis, .low) }
            return isLow || roles.contains(.axis(axis)) ? .corner(axis, .high) : .unclear
        }
    }

    private static func role(_ name: ColumnName) -> Role {
        if name.isID { return .id }
        guard name.saysPlace else { return .other }
        if name.saysSize || name.saysCentre { return .size }
        guard name.unknown.isEmpty, !name.saysLabel, name.numbers.count < 2, name.axes.count < 2 else {
            return .unclear
        }
        guard let axis = name.axes.first else {
            // "left" says all by itself, "top left" and "min" do not.
            guard name.edges.count == 1, let edge = name.edges.first, edge.value.count == 1,
                let side = edge.value.first,
                name.sides.isEmpty, name.bounds.isEmpty, name.numbers.isEmpty
            else { return .unclear }
            return .corner(edge.key, side)
        }
        var edges = name.edges
        if !name.bounds.isEmpty {
            guard edges[.x] != nil else { return .unclear }
            edges[.y, default: []].formUnion(name.bounds)
        }
        // The other axis' edge names a corner only together with this one's.
        guard edges.isEmpty || edges[axis] != nil else { return .unclear }
        var sides = name.sides.union(edges[axis] ?? [])
        if name.numbers == [1] { return sides.isEmpty ? .one(axis) : .unclear }
        if let number = name.numbers.first {
            guard [0, 2].contains(number) else { return .unclear }
            sides.insert(number == 0 ? .low : .high)
        }
        guard let side = sides.first else { return .axis(axis) }
        return sides.count == 1 ? .corner(axis, side) : .unclear
    }
}
