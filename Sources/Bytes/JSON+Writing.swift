/// Two forms of the text, both a function of the value alone. A number that JSON cannot express (NaN or an
/// infinity) is written as `null`; minus zero is written as zero.
extension JSON {
    /// On one line, without spaces and without a line end.
    public var compact: String {
        var writer = JSONWriter(pretty: false)
        writer.write(self, indent: 0)
        return writer.string
    }

    /// On many lines indented by two spaces, with a line end; an array of numbers stays on one line.
    public var pretty: String {
        var writer = JSONWriter(pretty: true)
        writer.write(self, indent: 0)
        writer.text.append("\n")
        return writer.string
    }
}

private struct JSONWriter {
    let pretty: Bool
    var text = UTF8Text()

    init(pretty: Bool) { self.pretty = pretty }

    var string: String { String(decoding: text.bytes, as: UTF8.self) }

    mutating func write(_ value: JSON, indent: Int) {
        switch value {
        case .null: text.append("null")
        case .bool(let value): text.append(value ? "true" : "false")
        case .int(let value): text.append(value)
        case .uint(let value): text.append(value)
        case .double(let value): text.append(value)
        case .float(let value): text.append(value)
        case .string(let value): text.append(quoted: value)
        case .array(let elements):
            let broken = pretty && !elements.allSatisfy(\.isScalarWithoutText)
            write(elements, open: "[", close: "]", broken: broken, indent: indent) { writer, element in
                writer.write(element, indent: indent + 1)
            }
        case .object(let members):
            write(members, open: "{", close: "}", broken: pretty, indent: indent) { writer, member in
                writer.text.append(quoted: member.0)
                writer.text.append(writer.pretty ? ": " : ":")
                writer.write(member.1, indent: indent + 1)
            }
        }
    }

    private mutating func write<Element>(
        _ elements: [Element], open: StaticString, close: StaticString, broken: Bool, indent: Int,
        each: (inout JSONWriter, Element) -> Void
    ) {
        text.append(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(pretty && !broken ? ", " : ",") }
            if broken { breakLine(indent + 1) }
            each(&self, element)
        }
        if broken && !elements.isEmpty { breakLine(indent) }
        text.append(close)
    }

    private mutating func breakLine(_ indent: Int) {
        text.append("\n")
        for _ in 0..<indent { text.append("  ") }
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
