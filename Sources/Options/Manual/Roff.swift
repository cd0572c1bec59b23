/// A page in the language of man(7): nothing that is put into it can be taken for a request or an escape.
struct Roff {
    private(set) var text = ""

    /// A request with its arguments, each of which is one word of it, whatever stands in it.
    mutating func request(_ name: String, _ arguments: String...) {
        text += "." + name
        for argument in arguments {
            let escaped = Self.escape(argument)
            let isPlain = !escaped.isEmpty && escaped.utf8.allSatisfy { $0 != 32 }
            text += " " + (isPlain ? escaped : "\"\(escaped)\"")
        }
        text += "\n"
    }

    /// The page's heading. Its date is no text: it is read as year-month-day.
    mutating func title(_ name: String, date: String, source: String, manual: String) {
        text += ".TH \(Self.escape(name)) 1 \(date) \"\(Self.escape(source))\" \"\(Self.escape(manual))\"\n"
    }

    /// A paragraph's words, filled into short lines: a file of them can be read and compared.
    mutating func words(_ paragraph: String) {
        var line = ""
        for word in paragraph.split(whereSeparator: \.isWhitespace) {
            let shown = Self.marked(word)
            if !line.isEmpty, line.utf8.count + 1 + shown.utf8.count > 78 {
                end(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + shown
        }
        if !line.isEmpty { end(line) }
    }

    /// A line as it stands there, for what is typed.
    mutating func literal(_ line: String) { end(Self.escape(line)) }

    /// Parts of one line, each in its font.
    mutating func fonts(_ parts: [(font: Font, text: String)]) { end(parts.map(Self.set).joined()) }

    enum Font: String {
        case roman = "R"
        case bold = "B"
        case italic = "I"
    }

    private mutating func end(_ line: String) {
        // What begins a line with one of these is a request.
        text += (line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" : "") + line + "\n"
    }

    private static func set(_ part: (font: Font, text: String)) -> String {
        part.font == .roman ? escape(part.text) : "\\f\(part.font.rawValue)\(escape(part.text))\\fR"
    }

    /// An option or a program's name inside of a text is bold.
    private static func marked(_ word: Substring) -> String {
        let opening = word.prefix { "([\"".contains($0) }
        let rest = word.dropFirst(opening.count)
        guard rest.hasPrefix("--") || rest.hasPrefix("stnet-") else { return escape(String(word)) }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard name.contains(where: \.isLetter), !rest.dropFirst(name.count).hasPrefix("@") else {
            return escape(String(word))
        }
        return escape(String(opening)) + set((.bold, String(name))) + escape(String(rest.dropFirst(name.count)))
    }

    /// Characters that roff takes for something else, or that it replaces by look-alikes nobody could copy and run.
    static func escape(_ text: String) -> String {
        var found = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": found += "\\(rs"
            case "-": found += "\\-"
            case "'": found += "\\(aq"
            case "`": found += "\\(ga"
            case "^": found += "\\(ha"
            case "~": found += "\\(ti"
            case "\"": found += "\\(dq"
            // A line end would end the request; a control character means nothing.
            case _ where scalar.value < 32 || scalar.value == 127: found += " "
            case _ where scalar.isASCII: found.unicodeScalars.append(scalar)
            default: found += "\\[u\(hex(scalar.value))]"
            }
        }
        return found
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
