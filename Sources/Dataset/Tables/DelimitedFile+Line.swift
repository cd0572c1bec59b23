extension DelimitedFile {
    /// What stands between the fields of a line.
    enum Separator {
        case comma, semicolon, tab, blanks

        var byte: UInt8 {
            switch self {
            case .comma: UInt8(ascii: ",")
            case .semicolon: UInt8(ascii: ";")
            case .tab: UInt8(ascii: "\t")
            case .blanks: UInt8(ascii: " ")
            }
        }

        /// What a spreadsheet is told by a line before the first: "sep=;". Nil for any other line.
        init?(hint line: String) {
            let words = line.lowercased().split(separator: "=", maxSplits: 1)
            guard words.count == 2, FieldText.trimmed(words[0].drop { $0 == "\"" }) == "sep" else { return nil }
            switch words[1].first {
            case ",": self = .comma
            case ";": self = .semicolon
            case "\t": self = .tab
            default: return nil
            }
        }

        /// The one that cuts a file's first line into `count` fields; else, where more may be there, into most.
        static func found(in line: String, fields count: Int, orMore: Bool) -> Separator {
            let counts = [Separator.comma, .semicolon, .tab, .blanks].map { separator in
                (separator, DelimitedFile.split(line, by: separator)?.count ?? 0)
            }
            if let exact = counts.first(where: { $0.1 == count }) { return exact.0 }
            guard orMore else { return .comma }
            return counts.dropLast().max { $0.1 < $1.1 }.flatMap { $0.1 > count ? $0.0 : nil } ?? .comma
        }
    }

    /// The fields of a line, without the blanks around them and without their quotes (RFC 4180: a quote inside of quotes
    /// stands twice). Nil where a quote is not closed.
    static func split(_ line: String, by separator: Separator) -> [Substring]? {
        guard line.utf8.contains(UInt8(ascii: "\"")) else {
            if separator == .blanks { return line.split { $0 == " " || $0 == "\t" } }
            return cut(line, at: separator.byte)
        }
        var fields: [Substring] = []
        var rest = line[...]
        while true {
            rest = separator == .tab ? rest.drop { $0 == " " } : rest.drop { $0 == " " || $0 == "\t" }
            if rest.first == "\"" {
                guard let (text, after) = unquoted(rest) else { return nil }
                fields.append(FieldText.trimmed(Substring(text)))
                rest = after.drop { $0 == " " || ($0 == "\t" && separator != .tab) }
                guard let next = rest.utf8.first else { return fields }
                let endsWithBlank = separator == .blanks && rest.startIndex > after.startIndex
                guard next == separator.byte || endsWithBlank else { return nil }
                if separator != .blanks { rest = rest.dropFirst() }
            } else if let end = rest.utf8.firstIndex(of: separator.byte) {
                fields.append(FieldText.trimmed(rest[..<end]))
                rest = rest[rest.utf8.index(after: end)...]
            } else {
                if separator != .blanks || !rest.isEmpty { fields.append(FieldText.trimmed(rest)) }
                return fields
            }
        }
    }

    /// The fields of a line without quotes. A million lines are cut here before a run begins.
    private static func cut(_ line: String, at separator: UInt8) -> [Substring] {
        let utf8 = line.utf8
        var fields: [Substring] = []
        fields.reserveCapacity(5)
        var start = utf8.startIndex
        var end = start
        while end != utf8.endIndex {
            if utf8[end] == separator {
                fields.append(FieldText.trimmed(line[start..<end]))
                start = utf8.index(after: end)
            }
            end = utf8.index(after: end)
        }
        fields.append(FieldText.trimmed(line[start...]))
        return fields
    }

    /// The text of a field that begins with a quote, and what comes behind it.
    private static func unquoted(_ text: Substring) -> (String, Substring)? {
        var content = ""
        var rest = text.dropFirst()
        while let end = rest.firstIndex(of: "\"") {
            content += rest[..<end]
            rest = rest[rest.index(after: end)...]
            guard rest.first == "\"" else { return (content, rest) }
            content.append("\"")
            rest = rest.dropFirst()
        }
        return nil
    }
}
