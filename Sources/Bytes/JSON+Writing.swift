/// Two forms of the text, both a function of the value alone. A number that JSON cannot express (NaN or an
/// infinity) is written as `null`; minus zero is written as zero.
extension JSON {
    /// On one line, without spaces and without a line end.
    public var compact: String {
        var writer = JSONWriter(pretty: false)
        writer.write(self, indent: 0)
        return writer.text
    }

    /// On many lines indented by two spaces, with a line end; an array of numbers stays on one line.
    public var pretty: String {
        var writer = JSONWriter(pretty: true)
        writer.write(self, indent: 0)
        writer.text += "\n"
        return writer.text
    }
}

private struct JSONWriter {
    let pretty: Bool
    var text = ""

    init(pretty: Bool) { self.pretty = pretty }

    mutating func write(_ value: JSON, indent: Int) {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += value.description
        case .uint(let value): text += value.description
        // Swift's descriptions have the fewest digits that give the number back, and are valid in JSON.
        case .double(let value): text += value.isFinite ? (value == 0 ? "0.0" : value.description) : "null"
        case .float(let value): text += value.isFinite ? (value == 0 ? "0.0" : value.description) : "null"
        case .string(let value): write(value)
        case .array(let elements):
            let broken = pretty && !elements.allSatisfy(\.isScalarWithoutText)
            write(elements, open: "[", close: "]", broken: broken, indent: indent) { writer, element in
                writer.write(element, indent: indent + 1)
            }
        case .object(let members):
            write(members, open: "{", close: "}", broken: pretty, indent: indent) { writer, member in
                writer.write(member.0)
                writer.text += writer.pretty ? ": " : ":"
                writer.write(member.1, indent: indent + 1)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element], open: String, close: String, broken: Bool, indent: Int,
        each: (inout JSONWriter, Element) -> Void
    ) {
        text += open
        for (index, element) in elements.enumerated() {
            if index > 0 { text += pretty && !broken ? ", " : "," }
            if broken { breakLine(indent + 1) }
            each(&self, element)
        }
        if broken && !elements.isEmpty { breakLine(indent) }
        text += close
    }

    private mutating func breakLine(_ indent: Int) {
        text += "\n"
        text += String(repeating: "  ", count: indent)
    }

    /// RFC 8259, section 7: only what must be escaped is.
    private mutating func write(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{8}": text += "\\b"
            case "\u{c}": text += "\\f"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSON {
    fileprivate var isScalarWithoutText: Bool {
        switch self {
        case .string, .array, .object: false
        default: true
        }
    }
}
