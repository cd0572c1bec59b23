import Bytes

/// Some columns of a table as text for a terminal.
struct PlainTable {
    private let header: [[String]]
    private let isNarrow: Bool
    private let gap: String
    private let rows: [[TextTable.Cell]]
    /// The lines of each row, without its name.
    private let values: [[[String]]]
    private let valueWidths: [Int]
    /// A column of names is not made narrower than this.
    private static let narrowestNames = 16

    /// - Parameter isNarrow: for the narrowest terminals: heads have as many lines as they have words, and each name has a
    ///   line of its own above its values.
    init(_ table: TextTable, columns: [Int], notes: TextTable.Notes, isNarrow: Bool = false) {
        self.isNarrow = isNarrow
        gap = isNarrow ? " " : "  "
        header = columns.map { column in
            let name = table.header[column]
            return column == 0 ? [name] : isNarrow ? Self.words(name) : Self.broken(name)
        }
        rows = table.rows.map { row in columns.map { row[$0] } }
        values = rows.map { Self.values($0, notes) }
        let lines = values.flatMap { $0 }
        let header = header
        valueWidths = header.indices.dropFirst().map { column in
            (header[column].map(\.count) + lines.map { $0[column - 1].count }).max() ?? 0
        }
    }

    /// Nil where it does not fit into `width` columns.
    func text(width: Int) -> String? {
        if isNarrow { return textWithNamesAbove }
        let others = valueWidths.reduce(0) { $0 + $1 + gap.count }
        let names = rows.map { $0[0].value.count } + header[0].map(\.count)
        let whole = names.max() ?? 0
        let room = width - others
        guard room >= min(whole, Self.narrowestNames) else { return nil }
        let nameWidth = min(whole, room)
        let titles = rows.map { $0[0].value.wrapped(width: nameWidth, indent: "  ") }
        guard titles.allSatisfy({ $0.allSatisfy { $0.count <= nameWidth } }) else { return nil }
        var lines = head(nameWidth)
        for (name, values) in zip(titles, values) {
            for place in 0..<max(name.count, values.count) {
                lines.append(
                    line(place < name.count ? name[place] : "", nameWidth, place < values.count ? values[place] : []))
            }
        }
        return lines.joined()
    }

    private var textWithNamesAbove: String {
        var lines = head(0)
        for (row, values) in zip(rows, values) {
            lines.append(row[0].value + "\n")
            lines += values.map { line("", 0, $0) }
        }
        return lines.joined()
    }

    private func head(_ nameWidth: Int) -> [String] {
        let height = header.map(\.count).max() ?? 1
        var lines = (0..<height).map { place -> String in
            let texts = header.map { words in
                let above = height - words.count
                return place < above ? "" : words[place - above]
            }
            return line(nameWidth == 0 ? "" : texts[0], nameWidth, Array(texts.dropFirst()))
        }
        let rules = ([nameWidth] + valueWidths).filter { $0 > 0 }.map { String(repeating: "-", count: $0) }
        lines.append((nameWidth == 0 ? gap : "") + rules.joined(separator: gap) + "\n")
        return lines
    }

    private static func values(_ row: [TextTable.Cell], _ notes: TextTable.Notes) -> [[String]] {
        let cells = row.dropFirst()
        switch notes {
        case .beside: return [cells.map { cell in cell.note.map { "\(cell.value) (\($0))" } ?? cell.value }]
        case .below:
            let below = cells.map { $0.note ?? "" }
            return [cells.map(\.value)] + (below.contains { !$0.isEmpty } ? [below] : [])
        case .none: return [cells.map(\.value)]
        }
    }

    private func line(_ name: String, _ nameWidth: Int, _ values: [String]) -> String {
        var text = name + String(repeating: " ", count: max(0, nameWidth - name.count))
        for (value, width) in zip(values, valueWidths) {
            text += gap + String(repeating: " ", count: max(0, width - value.count)) + value
        }
        while text.last == " " { text.removeLast() }
        return text + "\n"
    }

    /// "GT-known .50" on two lines.
    private static func broken(_ name: String) -> [String] {
        guard let space = name.lastIndex(of: " ") else { return [name] }
        return [String(name[..<space]), String(name[name.index(after: space)...])]
    }

    /// "GT-", "known", ".50"
    private static func words(_ name: String) -> [String] {
        var words: [String] = [""]
        var before: Character = " "
        for character in name {
            if before == "-", character.isLetter { words.append("") }
            if character == " " { words.append("") } else { words[words.count - 1].append(character) }
            before = character
        }
        return words
    }
}
