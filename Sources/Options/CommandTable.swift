import Bytes

/// The commands of a program, for `help`, `help COMMAND` and a mistyped one.
public struct CommandTable: Sendable {
    public var program: String
    /// The program's own, and that of each command by its name.
    public var help: HelpText
    public var commands: [(name: String, help: HelpText)]

    public init(program: String, help: HelpText, commands: [(name: String, help: HelpText)] = []) {
        self.program = program
        self.help = help
        self.commands = commands
    }

    public func help(of command: String) -> HelpText? { commands.first { $0.name == command }?.help }

    /// What is to be printed where the arguments only ask for it: `help`, `help COMMAND`, `version`, `-h`, `--help`,
    /// `-V`, `--version` in front. Nil for everything else.
    public func answer(_ arguments: [String]) throws(UsageError) -> String? {
        switch arguments.first {
        case "-h", "-?", "--help": return help.text
        case "-V", "-v", "--version", "version": return "stnet \(stnetVersion)\n"
        case "help":
            guard let name = arguments.dropFirst().first, !name.hasPrefix("-"), name != "help"
            else { return help.text }
            guard let text = self.help(of: name)?.text else { throw unknown(name) }
            return text
        case let name? where help(of: name) != nil && ["-V", "--version"].contains(arguments.dropFirst().first):
            return "stnet \(stnetVersion)\n"
        default: return nil
        }
    }

    /// The error of a command that there is not.
    public func unknown(_ name: String, or others: String = "") -> UsageError {
        let names = commands.map(\.name)
        let expected = names.isEmpty ? "options only" : names.joined(separator: ", ") + others
        return UsageError(
            "unknown command \"\(name)\": expected \(expected)"
                + Suggestion.question(for: name, among: names + ["help", "version"]))
    }
}
