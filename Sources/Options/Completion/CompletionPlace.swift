/// One command as completions see it: its options, and what stands without one.
struct CompletionPlace {
    /// Empty for the program without a command.
    var command: String
    var brief: String
    var options: [OptionSpecification]
    var operand: ValueCandidates?

    /// All of a program, the one without a command first.
    static func all(_ table: CommandTable) -> [CompletionPlace] {
        let commands = table.commands.map(\.name)
        let common = CommonCommand.allCases.map { command in
            let help = command.help(table.program)
            return CompletionPlace(
                command: command.rawValue, brief: help.brief, options: help.visibleOptions,
                operand: command.takesCommand ? ValueCandidates("COMMAND", known: commands) : help.operand)
        }
        return [
            CompletionPlace(
                command: "", brief: table.help.brief, options: table.help.visibleOptions, operand: table.help.operand)
        ]
            + table.commands.map {
                CompletionPlace(
                    command: $0.name, brief: $0.help.brief, options: $0.help.visibleOptions, operand: $0.help.operand)
            } + common
    }
}

/// The shells that are known.
public enum CompletionShell: String, CaseIterable, Sendable {
    case bash
    case zsh
    case fish

    /// What the shell reads, by `source` or from its folder of completions.
    func script(_ table: CommandTable) -> String {
        let places = CompletionPlace.all(table)
        return switch self {
        case .bash: BashCompletion(program: table.program, places: places).text
        case .zsh: ZshCompletion(program: table.program, places: places).text
        case .fish: FishCompletion(program: table.program, places: places).text
        }
    }

    /// Where it looks for that below a prefix.
    func path(_ program: String) -> String {
        switch self {
        case .bash: "share/bash-completion/completions/\(program)"
        case .zsh: "share/zsh/site-functions/_\(program)"
        case .fish: "share/fish/vendor_completions.d/\(program).fish"
        }
    }
}

/// A word in single quotes, in which a POSIX shell changes nothing.
func shellQuoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
