/// All that is said of one command: its `--help`, its man page and its completions are made from this alone, so that none
/// can drift from the others.
public struct HelpText: Sendable {
    public var usage: [String]
    /// What it does in half a line, for lists of commands: "scores what another program has found".
    public var brief: String
    /// Paragraphs, with a blank line between.
    public var summary: String
    public var sections: [(title: String, options: [OptionSpecification])]
    /// What may stand without an option before it; nil for nothing.
    public var operand: ValueCandidates?
    /// The commands that stand first, of the help of a whole program.
    public var commands: [(name: String, brief: String)] = []
    /// Paragraphs behind the options.
    public var footer: String
    public var exits: [ExitMeaning]
    public var manual: ManualDetails

    public init(
        usage: [String], brief: String = "", summary: String,
        sections: [(title: String, options: [OptionSpecification])], operand: ValueCandidates? = nil,
        footer: String = "", exits: [ExitMeaning] = [], manual: ManualDetails = ManualDetails()
    ) {
        self.usage = usage
        self.brief = brief
        self.summary = summary
        self.sections = sections
        self.operand = operand
        self.footer = footer
        self.exits = exits
        self.manual = manual
    }

    public var options: [OptionSpecification] { sections.flatMap(\.options) }

    /// Those that there are: `OptionSpecification.absent` says why others are not.
    public var visibleOptions: [OptionSpecification] { options.filter { $0.instead == nil } }

    public var text: String {
        var lines = usage.enumerated().flatMap { HelpLayout.usage($0.element, isFirst: $0.offset == 0) }
        lines += [""] + HelpLayout.paragraphs(summary)
        if !commands.isEmpty {
            lines += ["", "Commands:"] + commands.flatMap { HelpLayout.entry($0.name, $0.brief) }
        }
        for section in sections {
            lines += ["", section.title + ":"]
            for option in section.options where option.instead == nil {
                lines += HelpLayout.entry(option.form, option.help, end: option.defaultText.map { "(\($0))" } ?? "")
            }
        }
        if !footer.isEmpty { lines += [""] + HelpLayout.paragraphs(footer) }
        if !exits.isEmpty {
            lines += ["", "Exit status:"] + exits.flatMap { HelpLayout.entry("\($0.status)", $0.text) }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
