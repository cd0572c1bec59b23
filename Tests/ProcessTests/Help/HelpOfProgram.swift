import Foundation
import Testing

/// A program's options as its `--help` lists them, and what its man pages and completions are compared with.
struct HelpOfProgram {
    struct Option {
        let name: String
        /// "DIR", "stnet|cam"; nil for a switch.
        let value: String?

        /// The values to choose from, where they are listed.
        var choices: [String]? {
            guard let value, value.lowercased() == value, !value.contains("...") else { return nil }
            return value.split(separator: "|").map(String.init)
        }
    }

    /// Nil for the program without a command.
    let command: String?
    let text: String
    let options: [Option]
    let exits: [(status: String, meaning: String)]

    init(_ program: String, _ command: String? = nil) throws {
        self.command = command
        text = try Self.said(program, (command.map { [$0] } ?? []) + ["--help"])
        options = text.matches(of: /(?m)^  --([a-z-]+)(?: (\S+))?(?:  +.*)?$/).map {
            Option(name: String($0.1), value: $0.2.map(String.init))
        }
        exits = Self.entries(text, "Exit status:")
    }

    /// With each of its own commands, and those that every program has.
    static func all(_ program: String) throws -> [HelpOfProgram] {
        let own = try HelpOfProgram(program)
        return try [own]
            + entries(own.text, "Commands:").map(\.status).filter { $0 != "help" }.map {
                try HelpOfProgram(program, $0)
            }
    }

    static func said(_ program: String, _ arguments: [String]) throws -> String {
        let run = try Program(program, arguments)
        #expect(run.wait() == 0, "\(program) \(arguments): \(run.standardError)")
        return run.standardOutput
    }

    /// Names and texts of a list in the help, each text in one line.
    static func entries(_ text: String, _ title: String) -> [(status: String, meaning: String)] {
        var found: [(status: String, meaning: String)] = []
        guard let place = text.range(of: "\n\(title)\n") else { return [] }
        for line in text[place.upperBound...].split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("  ") else { break }
            let words = line.trimmingCharacters(in: .whitespaces)
            if line.hasPrefix("   ") {
                found[found.count - 1].meaning += " " + words
            } else {
                let name = words.prefix { $0 != " " }
                found.append((String(name), words.dropFirst(name.count).trimmingCharacters(in: .whitespaces)))
            }
        }
        return found
    }
}
