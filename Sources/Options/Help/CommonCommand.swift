/// What every program can be asked for, beside its own commands.
public enum CommonCommand: String, CaseIterable, Sendable {
    case help
    case manual
    case completion
    case version

    /// Whether the name of a command can follow.
    var takesCommand: Bool { self == .help || self == .manual }

    /// What its list of commands says of it; `isAlone` for a program that has no others.
    func brief(isAlone: Bool) -> String {
        switch self {
        case .help: isAlone ? "print the help" : "print the help, or that of a command: help COMMAND"
        case .manual: "print the man page, as manual | man -l - shows it"
        case .completion: "print completions for a shell: bash, zsh or fish"
        case .version: "print the version"
        }
    }

    /// Of a program.
    func help(_ program: String) -> HelpText {
        let help: OptionSpecification = .init("help", nil, "print the help")
        let exits = [
            ExitMeaning(ExitStatus.valid, "it was printed"), ExitMeaning(ExitStatus.usage, "wrong command line"),
        ]
        switch self {
        case .help:
            return HelpText(
                usage: ["\(program) help [COMMAND]"], brief: "print the help",
                summary: "Prints the help of the program, or that of a command.",
                sections: [("Options", [help])], operand: ValueCandidates("COMMAND"), exits: exits)
        case .manual:
            return HelpText(
                usage: ["\(program) manual [COMMAND]", "\(program) manual --out DIR"], brief: "print the man page",
                summary: """
                    Prints the man page of the program, or that of a command, for man -l - to show.

                    With --out, writes all its man pages and completions below DIR, at the places where man, bash, zsh and
                    fish look for them below a prefix: share/man/man1, share/bash-completion/completions,
                    share/zsh/site-functions, share/fish/vendor_completions.d.
                    """,
                sections: [
                    ("Options", [.init("out", "DIR", "write all pages and completions below this directory"), help])
                ],
                operand: ValueCandidates("COMMAND"),
                exits: exits + [ExitMeaning(ExitStatus.badData, "a file cannot be written")])
        case .completion:
            let shells = CompletionShell.allCases.map(\.rawValue)
            return HelpText(
                usage: ["\(program) completion \(shells.joined(separator: "|"))"],
                brief: "print completions for a shell",
                summary: """
                    Prints completions for a shell, to be read where it starts: source <(\(program) completion bash) in
                    ~/.bashrc; the same with zsh in ~/.zshrc, behind compinit; \(program) completion fish | source in
                    ~/.config/fish/config.fish. An installation has them at the shells' own places already.
                    """,
                sections: [("Options", [help])], operand: ValueCandidates(shells.joined(separator: "|")), exits: exits)
        case .version:
            return HelpText(
                usage: ["\(program) version"], brief: "print the version",
                summary: "Prints the release and the commit that the sources are.", sections: [("Options", [help])],
                exits: exits)
        }
    }
}
