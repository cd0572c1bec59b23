import Bytes

/// A table as Markdown and as text for a terminal. The first column is aligned left, the others right.
struct TextTable {
    /// A value and, where it has one, its interval: in Markdown behind it, on a terminal under it.
    struct Cell {
        var value: String
        var note: String?

        init(_ value: String, note: String? = nil) {
            // Networks and runs have the names that somebody gave them.
            self.value = value.onOneLine
            self.note = note?.onOneLine
        }
    }

    var header: [String]
    /// Each as long as `header`.
    var rows: [[Cell]]

    var markdown: String {
        let cells = rows.map { row in
            row.map { cell in
                let text = cell.note.map { "\(cell.value) (\($0))" } ?? cell.value
                return text.replacing("|", with: "\\|")
            }
        }
        let widths = header.indices.map { column in
            max(3, ([header] + cells).map { $0[column].count }.max() ?? 0)
        }
        let rule = widths.enumerated().map { column, width in
            column == 0
                ? ":" + String(repeating: "-", count: width - 1) : String(repeating: "-", count: width - 1) + ":"
        }
        return ([header, rule] + cells).map { row in
            "| " + TextTable.padded(row, widths).joined(separator: " | ") + " |\n"
        }.joined()
    }

    var plain: String {
        var lines = [header]
        for row in rows {
            lines.append(row.map(\.value))
            if row.contains(where: { $0.note != nil }) { lines.append(row.map { $0.note ?? "" }) }
        }
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        lines.insert(widths.map { String(repeating: "-", count: $0) }, at: 1)
        return lines.map { line in
            var text = TextTable.padded(line, widths).joined(separator: "  ")
            while text.last == " " { text.removeLast() }
            return text + "\n"
        }.joined()
    }

    private static func padded(_ row: [String], _ widths: [Int]) -> [String] {
        row.enumerated().map { column, text in
            let space = String(repeating: " ", count: max(0, widths[column] - text.count))
            return column == 0 ? text + space : space + text
        }
    }
}
