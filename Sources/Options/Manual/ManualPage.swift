/// The man page of a program, or of one of its commands: "stnet-coord-score".
struct ManualPage {
    let table: CommandTable
    /// Nil for the program's own.
    let command: String?

    var name: String { table.program + (command.map { "-" + $0 } ?? "") }

    /// All of a program.
    static func all(_ table: CommandTable) -> [ManualPage] {
        [ManualPage(table: table, command: nil)]
            + table.commands.map { ManualPage(table: table, command: $0.name) }
    }

    private var help: HelpText { command.flatMap(table.help(of:)) ?? table.help }

    /// In man(7), the same bytes wherever and whenever it is made.
    var text: String {
        var page = Roff()
        page.title(name.uppercased(), date: stnetReleaseDate, source: "stnet \(stnetRelease)", manual: "stnet")
        // Lines are not stretched, and names not cut: who copies one gets it whole.
        page.request("nh")
        page.request("ad", "l")
        page.request("SH", "NAME")
        page.literal("\(name) - \(help.brief)")
        page.request("SH", "SYNOPSIS")
        for (place, usage) in help.usage.enumerated() {
            if place > 0 { page.request("br") }
            page.fonts(Self.synopsis(usage))
        }
        describe(&page)
        options(&page)
        exits(&page)
        entries(&page, "FILES", help.manual.files)
        entries(&page, "ENVIRONMENT", help.manual.environment)
        examples(&page)
        others(&page)
        return page.text
    }

    private func describe(_ page: inout Roff) {
        page.request("SH", "DESCRIPTION")
        paragraphs(&page, HelpLayout.texts(help.summary))
        guard command == nil else { return }
        page.request("SH", "COMMANDS")
        for (name, brief) in help.commands {
            page.request("TP")
            page.fonts([(.bold, name)])
            page.words(Self.sentence(brief))
            if table.help(of: name) != nil { page.words("See \(table.program)-\(name)(1).") }
        }
    }

    private func options(_ page: inout Roff) {
        page.request("SH", "OPTIONS")
        for section in help.sections {
            if help.sections.count > 1 { page.request("SS", section.title) }
            for option in section.options where option.instead == nil {
                page.request("TP")
                page.fonts(
                    [(.bold, "--" + option.name)]
                        + (option.value.map { [(.roman, " ")] + Self.placeholder($0) } ?? []))
                page.words(Self.sentence(option))
            }
        }
        if !help.footer.isEmpty {
            page.request("SH", "NOTES")
            paragraphs(&page, HelpLayout.texts(help.footer))
        }
    }

    private func paragraphs(_ page: inout Roff, _ texts: [String]) {
        for (place, text) in texts.enumerated() {
            if place > 0 { page.request("PP") }
            page.words(text)
        }
    }

    private func exits(_ page: inout Roff) {
        guard !help.exits.isEmpty else { return }
        page.request("SH", "EXIT STATUS")
        for exit in help.exits {
            page.request("TP")
            page.fonts([(.bold, "\(exit.status)")])
            page.words(Self.sentence(exit.text))
        }
    }

    private func entries(_ page: inout Roff, _ title: String, _ entries: [ManualDetails.Entry]) {
        guard !entries.isEmpty else { return }
        page.request("SH", title)
        for entry in entries {
            page.request("TP")
            page.fonts([(.bold, entry.name)])
            page.words(entry.text)
        }
    }

    private func examples(_ page: inout Roff) {
        guard !help.manual.examples.isEmpty else { return }
        page.request("SH", "EXAMPLES")
        for (place, example) in help.manual.examples.enumerated() {
            if place > 0 { page.request("PP") }
            page.words(example.text)
            page.request("PP")
            page.request("in", "+4n")
            page.request("nf")
            for line in example.command.split(separator: "\n") { page.literal(String(line)) }
            page.request("fi")
            page.request("in")
        }
    }

    private func others(_ page: inout Roff) {
        page.request("SH", "SEE ALSO")
        let pages =
            (Self.all(table).map(\.name) + ["stnet-coord", "stnet-node", "stnet-tool"]).filter { $0 != name }
        let names = pages.enumerated().filter { pages.firstIndex(of: $0.element) == $0.offset }.map {
            $0.element + "(1)"
        }
        page.words(names.joined(separator: ", "))
        guard !help.manual.documents.isEmpty else { return }
        page.request("PP")
        page.words("In share/doc/stnet: " + help.manual.documents.joined(separator: ", ") + ".")
    }

    /// What an option does, its default, and beside what it has an effect.
    private static func sentence(_ option: OptionSpecification) -> String {
        var text = sentence(option.help)
        if let standard = option.defaultText { text += " Default: \(standard)." }
        if let effect = option.effect?.text { text += " Has an effect with \(effect) only." }
        return text
    }

    private static func sentence(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }

    /// Words that are typed as they stand are bold, what they stand for is italic.
    private static func placeholder(_ value: String) -> [(font: Roff.Font, text: String)] {
        var found: [(font: Roff.Font, text: String)] = []
        for part in value.split(separator: "|") {
            if !found.isEmpty { found.append((.roman, "|")) }
            let isWord = part.lowercased() == part && part != "..."
            found.append((isWord ? .bold : .italic, String(part)))
        }
        return found
    }

    private static func synopsis(_ usage: String) -> [(font: Roff.Font, text: String)] {
        var found: [(font: Roff.Font, text: String)] = []
        for (place, word) in usage.split(separator: " ").enumerated() {
            if place > 0 { found.append((.roman, " ")) }
            let isTyped = word.first.map { $0.isLowercase || $0 == "-" } ?? false
            found.append((isTyped ? .bold : .roman, String(word)))
        }
        return found
    }
}
