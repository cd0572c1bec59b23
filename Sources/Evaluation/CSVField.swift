import Bytes

/// A field of comma-separated values.
enum CSVField {
    /// In quotes where it must be (RFC 4180): an id may have a comma.
    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    /// The records of a file, each with its fields; empty lines are none.
    /// - Throws: `NewFile.Refusal` for a quote that is never closed.
    static func records(_ text: String, source: String) throws(NewFile.Refusal) -> [[String]] {
        var records: [[String]] = []
        var fields: [String] = []
        var field = ""
        var (isQuoted, wasQuoted) = (false, false)
        func ends() {
            fields.append(field)
            (field, wasQuoted) = ("", false)
        }
        func lineEnds() {
            guard !fields.isEmpty || !field.isEmpty || wasQuoted else { return }
            ends()
            records.append(fields)
            fields = []
        }
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"" where isQuoted && rest.first == "\"":
                rest.removeFirst()
                field.unicodeScalars.append("\"")
            case "\"" where isQuoted: isQuoted = false
            case "\"" where field.isEmpty && !wasQuoted: (isQuoted, wasQuoted) = (true, true)
            case _ where isQuoted: field.unicodeScalars.append(scalar)
            case ",": ends()
            case "\n": lineEnds()
            case "\r": break
            default: field.unicodeScalars.append(scalar)
            }
        }
        guard !isQuoted else { throw NewFile.Refusal("\(source): a quote is opened and never closed") }
        lineEnds()
        return records
    }
}
