import Bytes

/// The commands of a program: for help, man pages and completions, and for a mistyped one.
public struct CommandTable: Sendable {
    public var program: String
    /// The program's own, and that of each command by its name.
    public var help: HelpText
    public var commands: [(name: String, help: HelpText)]

    public init(program: String, help: HelpText, commands: [(name: String, help: HelpText)] = []) {
        self.program = program
        self.help = help
        self.commands = commands
        self.help.commands =
            commands.map { ($0.name, $0.help.brief) }
            + CommonCommand.allCases.map { ($0.rawValue, $0.brief(isAlone: commands.isEmpty)) }
    }

    public func help(of command: String) -> HelpText? { commands.first { $0.name == command }?.help }

    /// What is to be printed where the arguments only ask for what the program says of itself: `help`, `manual`,
    /// `completion`, `version`, and `-h`, `--help`, `-V`, `--version` in front. Nil for everything else.
    /// - Throws: `UsageError`; `HelpFileError` where `manual --out` cannot write.
    public func answer(_ arguments: [String]) throws -> String? {
        guard let first = arguments.first else { return nil }
        let rest = Array(arguments.dropFirst())
        switch first {
        case "-h", "-?", "--help": return help.text
        case "-V", "-v", "--version": return version
        default: break
        }
        if let command = CommonCommand(rawValue: first) { return try answer(command, rest) }
        let asksForVersion = rest.first.map { ["-V", "--version"].contains($0) } ?? false
        return asksForVersion && help(of: first) != nil ? version : nil
    }

    private var version: String { "stnet \(stnetVersion)\n" }

    private func answer(_ command: CommonCommand, _ arguments: [String]) throws -> String {
        let own = command.help(program)
        // Who asks for help is not told what was wrong with asking: help --all.
        if command == .help, arguments.first?.hasPrefix("-") ?? false { return help.text }
        let parsed = try ParsedOptions(
            arguments: arguments, specifications: own.options, operands: command == .version ? 0...0 : 0...1)
        if parsed.switches.contains("help") { return own.text }
        let operand = parsed.positionals.first
        switch command {
        case .version: return version
        case .help:
            guard let operand else { return help.text }
            if let common = CommonCommand(rawValue: operand) { return common.help(program).text }
            guard let text = help(of: operand)?.text else { throw unknown(operand) }
            return text
        case .manual:
            if let folder = parsed.values["out"] {
                guard operand == nil else { throw UsageError("manual --out writes all pages: no command is expected") }
                return try HelpFiles(self).write(to: folder).map { $0 + "\n" }.joined()
            }
            if let operand, help(of: operand) == nil { throw unknown(operand) }
            return ManualPage(table: self, command: operand).text
        case .completion:
            let shells = CompletionShell.allCases.map(\.rawValue)
            guard let operand else {
                throw UsageError("completion needs a shell: \(shells.joined(separator: ", "))")
            }
            guard let shell = CompletionShell(rawValue: operand) else {
                throw UsageError(
                    "completion \(operand): expected \(shells.joined(separator: ", "))"
                        + Suggestion.question(for: operand, among: shells))
            }
            return shell.script(self)
        }
    }

    /// The error of a command that there is not.
    public func unknown(_ name: String, or others: String = "") -> UsageError {
        let names = commands.map(\.name)
        let common = CommonCommand.allCases.map(\.rawValue)
        let expected =
            names.isEmpty
            ? "options, or one of \(common.joined(separator: ", "))" : names.joined(separator: ", ") + others
        return UsageError(
            "unknown command \"\(name)\": expected \(expected)"
                + Suggestion.question(for: name, among: names + common))
    }
}
