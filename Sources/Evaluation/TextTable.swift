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

    /// In Markdown a name is one line; on a terminal its last word stands on a second one.
    var header: [String]
    /// Each as long as `header`.
    var rows: [[Cell]]
    /// Columns that a narrow terminal does without.
    var optional: Set<Int> = []

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

    /// For a terminal of `width` columns: the first of these forms that fits. Intervals beside their values, or below them; the
    /// same without the optional columns; without intervals; each name on a line of its own. A name is broken at spaces.
    func plain(width: Int) -> String {
        let all = Array(header.indices)
        let few = all.filter { !optional.contains($0) }
        for columns in [all, few] {
            for notes in [Notes.beside, .below] {
                if let text = PlainTable(self, columns: columns, notes: notes).text(width: width) { return text }
            }
        }
        return PlainTable(self, columns: few, notes: .none).text(width: width)
            ?? PlainTable(self, columns: few, notes: .none, isNarrow: true).text(width: width) ?? ""
    }

    /// Where intervals stand.
    enum Notes {
        case beside
        case below
        case none
    }

    private static func padded(_ row: [String], _ widths: [Int]) -> [String] {
        row.enumerated().map { column, text in
            let space = String(repeating: " ", count: max(0, widths[column] - text.count))
            return column == 0 ? text + space : space + text
        }
    }
}
