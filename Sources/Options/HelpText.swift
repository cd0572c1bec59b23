/// The help of one command, made from its option table so that neither can drift from the other.
public struct HelpText: Sendable {
    public var usage: [String]
    public var summary: String
    public var sections: [(title: String, options: [OptionSpecification])]
    public var footer: String

    public init(
        usage: [String], summary: String, sections: [(title: String, options: [OptionSpecification])],
        footer: String = ""
    ) {
        self.usage = usage
        self.summary = summary
        self.sections = sections
        self.footer = footer
    }

    public var options: [OptionSpecification] { sections.flatMap(\.options) }

    public var text: String {
        var lines = usage.enumerated().map { ($0.offset == 0 ? "usage: " : "       ") + $0.element }
        lines += ["", summary]
        for section in sections {
            lines += ["", section.title + ":"]
            for option in section.options where option.instead == nil {
                let head = "  --" + option.name + (option.value.map { " " + $0 } ?? "")
                var text = option.help
                if let defaultText = option.defaultText { text += " (\(defaultText))" }
                if head.count <= 30 {
                    lines.append(head + String(repeating: " ", count: 32 - head.count) + text)
                } else {
                    lines += [head, String(repeating: " ", count: 32) + text]
                }
            }
        }
        if !footer.isEmpty { lines += ["", footer] }
        return lines.joined(separator: "\n") + "\n"
    }
}
