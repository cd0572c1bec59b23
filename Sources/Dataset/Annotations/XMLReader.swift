import Bytes

/// A strict reader of the part of XML that annotation files use: elements, attributes (skipped), text, comments,
/// processing instructions (skipped), the five named entities and character references. No document types, hence
/// no entity of the document's own, and no CDATA. Depth, elements and (by the caller) bytes are limited.
struct XMLReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var line = 1
    private var elements = 0

    private static let maximalDepth = 16
    private static let maximalElements = 100_000

    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    /// The document's root element.
    static func read(_ document: [UInt8]) throws(XMLFailure) -> XMLElement {
        if let encoding = TextEncoding.foreign(document) {
            throw XMLFailure(line: 1, found: encoding, expected: "UTF-8", encoding: encoding)
        }
        return try document.withUnsafeBufferPointer { (bytes) throws(XMLFailure) in
            var reader = XMLReader(bytes)
            return try reader.document()
        }
    }

    private mutating func document() throws(XMLFailure) -> XMLElement {
        _ = skip("\u{FEFF}")
        try skipMisc()
        guard peek == UInt8(ascii: "<") else { throw failure("the root element") }
        let root = try element(depth: 1)
        try skipMisc()
        guard position == bytes.count else { throw failure("the end of the document") }
        return root
    }

    /// From a start tag to its end tag.
    private mutating func element(depth: Int) throws(XMLFailure) -> XMLElement {
        elements += 1
        guard depth <= Self.maximalDepth, elements <= Self.maximalElements else {
            throw failure("at most \(Self.maximalElements) elements, at most \(Self.maximalDepth) deep")
        }
        try take("<")
        var element = XMLElement(name: try name(), line: line)
        guard try attributes() else { return element }
        var text: [UInt8] = []
        while true {
            guard let byte = peek else { throw failure("</\(element.name)>") }
            if byte != UInt8(ascii: "<") {
                try character(into: &text)
            } else if skip("</") {
                let end = try name()
                guard end == element.name else { throw failure("</\(element.name)>", found: "</\(end)>") }
                skipSpace()
                try take(">")
                break
            } else if try !skipComment() {
                element.children.append(try self.element(depth: depth + 1))
            }
        }
        element.text = try string(text)
        return element
    }

    /// Skips attributes up to the tag's end; false where the element ends with it.
    private mutating func attributes() throws(XMLFailure) -> Bool {
        while true {
            let spaced = skipSpace()
            if skip("/>") { return false }
            if skip(">") { return true }
            guard spaced else { throw failure("\">\"") }
            _ = try name()
            skipSpace()
            try take("=")
            skipSpace()
            guard let quote = peek, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
                throw failure("an attribute's value in quotes")
            }
            advance()
            while let byte = peek, byte != quote, byte != UInt8(ascii: "<") { advance() }
            guard peek == quote else { throw failure("the quote that ends the attribute") }
            advance()
        }
    }

    private mutating func name() throws(XMLFailure) -> String {
        let start = position
        while let byte = peek, Self.isName(byte, first: position == start) { advance() }
        guard position > start else { throw failure("a name") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func isName(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "_"), UInt8(ascii: ":"), 0x80...: true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."): !first
        default: false
        }
    }

    /// One byte of text, or what an entity stands for.
    private mutating func character(into text: inout [UInt8]) throws(XMLFailure) {
        guard skip("&") else {
            text.append(bytes[position])
            advance()
            return
        }
        let start = position
        while let byte = peek, byte != UInt8(ascii: ";"), position - start < 12 { advance() }
        let entity = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let scalar = Self.scalar(of: entity), skip(";") else {
            throw failure("&amp; &lt; &gt; &quot; &apos; or a character's number", found: "&\(entity)")
        }
        text.append(contentsOf: Array(String(Character(scalar)).utf8))
    }

    private static func scalar(of entity: String) -> Unicode.Scalar? {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let isHexadecimal = entity.hasPrefix("#x")
            let digits = entity.dropFirst(isHexadecimal ? 2 : 1)
            guard entity.hasPrefix("#"), digits.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
                let number = UInt32(digits, radix: isHexadecimal ? 16 : 10), number != 0
            else { return nil }
            return Unicode.Scalar(number)
        }
    }

    private func string(_ text: [UInt8]) throws(XMLFailure) -> String {
        let isText = { (byte: UInt8) in !Self.isSpace(byte) }
        guard let first = text.firstIndex(where: isText), let last = text.lastIndex(where: isText) else { return "" }
        guard let string = String(validating: text[first...last], as: UTF8.self) else {
            let declared = declaredEncoding
            // It becomes a part of a command.
            let encoding = declared.flatMap {
                $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") } ? $0 : nil
            }
            let found = declared.map { "\($0), as its first line says" } ?? TextEncoding.notUTF8
            throw XMLFailure(line: line, found: found, expected: "UTF-8", encoding: encoding ?? "LATIN1")
        }
        return String(FieldText.trimmed(string[...]))
    }

    /// What the XML declaration says, where it is not UTF-8.
    private var declaredEncoding: String? {
        let head = String(decoding: bytes.prefix(200).prefix { $0 != UInt8(ascii: ">") }, as: UTF8.self)
        guard head.hasPrefix("<?xml"), let start = head.firstRange(of: "encoding=")?.upperBound else { return nil }
        let name = head[start...].dropFirst().prefix { $0 != "\"" && $0 != "'" }
        return name.isEmpty || name.lowercased() == "utf-8" ? nil : String(name)
    }

    /// White space, comments and processing instructions outside the root.
    private mutating func skipMisc() throws(XMLFailure) {
        while true {
            if skipSpace() { continue }
            if try !skipComment() { return }
        }
    }

    /// Skips one comment or processing instruction.
    private mutating func skipComment() throws(XMLFailure) -> Bool {
        if skip("<!--") {
            try skipThrough("-->")
            return true
        }
        if skip("<?") {
            try skipThrough("?>")
            return true
        }
        if skip("<!") { throw failure("no document type and no CDATA", found: "\"<!\"") }
        return false
    }

    private mutating func skipThrough(_ end: StaticString) throws(XMLFailure) {
        while position < bytes.count {
            if skip(end) { return }
            advance()
        }
        throw failure("\"\(end)\"")
    }

    @discardableResult
    private mutating func skipSpace() -> Bool {
        let start = position
        while let byte = peek, Self.isSpace(byte) { advance() }
        return position > start
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if bytes[position] == 0x0A { line += 1 }
        position += 1
    }

    /// Skips these bytes (no line break among them) where they come next.
    private mutating func skip(_ text: StaticString) -> Bool {
        guard bytes.count - position >= text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount where bytes[position + offset] != text.utf8Start[offset] {
            return false
        }
        position += text.utf8CodeUnitCount
        return true
    }

    private mutating func take(_ text: StaticString) throws(XMLFailure) {
        guard skip(text) else { throw failure("\"\(text)\"") }
    }

    private func failure(_ expected: String, found: String? = nil) -> XMLFailure {
        let next = bytes[position..<min(position + 20, bytes.count)]
        let ahead = next.isEmpty ? "the end of the file" : FieldText.quoted(String(decoding: next, as: UTF8.self))
        return XMLFailure(line: line, found: found ?? ahead, expected: expected)
    }
}
