import Foundation
import Testing

/// What bash, zsh and fish complete, against `--help`; a shell that is not installed is skipped.
@Suite(.serialized) struct CompletionTests {
    /// A folder with paths to complete, and the completions of a program.
    private final class Desk {
        let folder: String

        init() throws {
            folder = FileManager.default.temporaryDirectory.path + "/stnet-completion-" + UUID().uuidString
            try FileManager.default.createDirectory(atPath: folder + "/zz-folder", withIntermediateDirectories: true)
            for name in ["zz-file", "zz $(touch stolen) `touch stolen`'\""] {
                try Data().write(to: URL(fileURLWithPath: folder + "/" + name))
            }
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func offers(_ shell: Shell, _ program: String, _ lines: [String]) throws -> [String: Set<String>] {
            let file = folder + "/completions-\(program).\(shell.rawValue)"
            try HelpOfProgram.said(program, ["completion", shell.rawValue])
                .write(toFile: file, atomically: true, encoding: .utf8)
            return try shell.offers(lines, file: file, program: program, in: folder)
        }
    }

    private static let cases = Shell.allCases.filter { $0.path != nil }.flatMap { shell in
        ManualTests.programs.map { (shell, $0) }
    }

    @Test func bashIsThere() { #expect(Shell.bash.path != nil) }

    @Test(.enabled(if: Shell.zsh.path != nil, "zsh is not installed")) func zshIsThere() {}
    @Test(.enabled(if: Shell.fish.path != nil, "fish is not installed")) func fishIsThere() {}

    @Test(arguments: cases) func everyOptionAndEveryValueIsOffered(shell: Shell, program: String) throws {
        let desk = try Desk()
        let helps = try HelpOfProgram.all(program)
        var expected: [String: Set<String>] = [:]
        for help in helps {
            let start = program + " " + (help.command.map { $0 + " " } ?? "")
            expected[start + "--"] = Set(help.options.map { "--" + $0.name })
            for option in help.options {
                guard let value = option.value else { continue }
                let line = "\(start)--\(option.name) "
                if let choices = option.choices { expected[line] = Set(choices) }
                // Directories alone where a directory is asked for.
                if value == "DIR" { expected[line + "zz-f"] = ["zz-folder"] }
                if value.hasPrefix("FILE") || value.hasPrefix("PATH") {
                    expected[line + "zz-f"] = ["zz-file", "zz-folder"]
                }
            }
        }
        let found = try desk.offers(shell, program, expected.keys.sorted())
        #expect(expected.count > 5)
        for (line, words) in expected { #expect(found[line] == words, "\(shell.rawValue): \(line)") }
        #expect(!FileManager.default.fileExists(atPath: desk.folder + "/stolen"))
    }

    @Test(arguments: Shell.allCases.filter { $0.path != nil }) func whatIsTypedDecides(shell: Shell) throws {
        let desk = try Desk()
        let commands: Set = [
            "baseline", "compare", "demo", "report", "score", "sweep", "table", "weights", "help", "manual",
            "completion",
            "version",
        ]
        let expected: [String: Set<String>] = [
            "stnet-coord ": commands, "stnet-coord sc": ["score"], "stnet-coord --pres": ["--preset"],
            "stnet-coord --preset s": ["sharp"],
            "stnet-coord --network squeezenet1_1": ["squeezenet1_1", "squeezenet1_1-caffe"],
            "stnet-coord --limit 3 --thr": ["--threads", "--threshold-from", "--thresholds"],
            "stnet-coord score --force --th": ["--threads", "--threshold-from", "--thresholds"],
            "stnet-coord report zz-f": ["zz-folder"], "stnet-coord weights goo": ["googlenet"],
            "stnet-coord help sc": ["score"], "stnet-coord completion f": ["fish"],
            // What a command does not have is not offered behind it.
            "stnet-coord score --preset": [],
        ]
        let found = try desk.offers(shell, "stnet-coord", expected.keys.sorted())
        for (line, words) in expected { #expect(found[line] == words, "\(shell.rawValue): \(line)") }
        // Behind --name= too, where fish offers the whole word.
        for word in try desk.offers(shell, "stnet-coord", ["stnet-coord --preset=s"]).values.joined() {
            #expect(["sharp", "--preset=sharp"].contains(word))
        }
        let again = try desk.offers(shell, "stnet-coord", ["stnet-coord --preset="]).values.joined()
        #expect(Set(again.map { $0.replacing("--preset=", with: "") }) == ["reference", "sharp"])
    }

    /// An option cannot be given twice.
    @Test func bashOffersNoOptionThatIsThere() throws {
        let offers = try Desk().offers(
            .bash, "stnet-coord", ["stnet-coord --out x --limit 3 --o", "stnet-coord --out"])
        #expect(offers["stnet-coord --out x --limit 3 --o"] == ["--one-by-one", "--overlay"])
        #expect(offers["stnet-coord --out"] == ["--out"])
    }
}
