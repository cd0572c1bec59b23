extension TextTable {
    /// Head and body of a table, to be put into one. Notes stand under their values.
    ///
    /// - Parameter marked: so many of the first rows stand out.
    func markup(marked: Int = 0) -> Markup {
        let head = header.enumerated().map { column, name -> Markup in
            column == 0 ? "<th scope=\"col\">\(name)</th>" : "<th scope=\"col\" class=\"n\">\(name)</th>"
        }
        let body = rows.enumerated().map { place, cells -> Markup in
            let values = cells.enumerated().map { column, cell -> Markup in
                if column == 0 { return "<th scope=\"row\">\(cell.value)</th>" }
                let note: Markup = cell.note.map { "<small>\($0)</small>" } ?? ""
                let style: Markup = cell.value == "INVALID" ? "n bad" : "n"
                return "<td class=\"\(style)\">\(cell.value)\(note)</td>"
            }
            let style: Markup = place < marked ? " class=\"ours\"" : ""
            return "<tr\(style)>\(values)</tr>"
        }
        return "<thead><tr>\(head)</tr></thead><tbody>\(body)</tbody>"
    }
}
