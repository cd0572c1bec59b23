/// A field of comma-separated values.
enum CSVField {
    /// In quotes where it must be (RFC 4180): an id may have a comma.
    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x2C, 0x22, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
