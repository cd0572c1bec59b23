/// Fields of annotation files as numbers and ids. Each returns nil for text that is not exactly one.
enum FieldText {
    /// A decimal integer without sign or spaces.
    static func count(_ text: some StringProtocol) -> Int? {
        guard text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return Int(text)
    }

    /// A finite decimal number of a magnitude that pixels can have.
    static func coordinate(_ text: some StringProtocol) -> Float? {
        let allowed = text.utf8.allSatisfy {
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: ".")
                || $0 == UInt8(ascii: "-")
        }
        guard allowed, let value = Float(text), value.magnitude < 1e6 else { return nil }
        return value
    }

    /// An image's id in a list: without folders and without the extension of an image.
    static func id(_ text: Substring) -> String? {
        let name = text[(text.utf8.lastIndex(of: UInt8(ascii: "/")).map(text.utf8.index(after:)) ?? text.startIndex)...]
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")),
            ImageDirectory.extensions.contains(name[name.utf8.index(after: dot)...].lowercased())
        else { return name.isEmpty ? nil : String(name) }
        return dot == name.startIndex ? nil : String(name[..<dot])
    }

    /// Found text for a message: quoted, on one line, and cut where it is long.
    static func quoted(_ text: some StringProtocol) -> String {
        let line = String(text.prefix(60).map { $0.isNewline ? " " : $0 })
        return "\"\(line)\(text.count > 60 ? "..." : "")\""
    }
}
