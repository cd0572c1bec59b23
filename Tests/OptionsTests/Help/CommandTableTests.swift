import Foundation
import Testing

@testable import Options

@Suite struct CommandTableTests {
    private let odd = AwkwardTable.table
    private let alone = CommandTable(program: "stnet-alone", help: HelpText(usage: ["x"], summary: "y", sections: []))

    @Test func everyFormOfAskingIsAnswered() throws {
        for table in [odd, alone] {
            for arguments in [["-h"], ["-?"], ["--help"], ["help"], ["help", "--all"], ["-h", "x"]] {
                #expect(try table.answer(arguments) == table.help.text)
            }
            for arguments in [["-V"], ["-v"], ["--version"], ["version"]] {
                #expect(try table.answer(arguments) == "stnet \(stnetVersion)\n")
            }
            for command in CommonCommand.allCases {
                let text = command.help(table.program).text
                #expect(try table.answer([command.rawValue, "--help"]) == (command == .help ? table.help.text : text))
                #expect(try table.answer(["help", command.rawValue]) == text)
                #expect(table.help.text.contains("\n  \(command.rawValue) "))
            }
            #expect(try table.answer(["manual"])?.hasPrefix(".TH") == true)
            #expect(try table.answer([]) == nil)
            #expect(try table.answer(["--images", "help"]) == nil)
        }
        #expect(try odd.answer(["help", "inner-command"]) == odd.commands[0].help.text)
        #expect(try odd.answer(["inner-command", "--version"]) == "stnet \(stnetVersion)\n")
        #expect(try odd.answer(["manual", "inner-command"])?.hasPrefix(".TH STNET\\-ODD\\-INNER\\-COMMAND 1") == true)
    }

    @Test(arguments: [
        (
            ["help", "inner-comand"],
            "unknown command \"inner-comand\": expected inner-command; did you mean inner-command?"
        ),
        (["manual", "x"], "unknown command \"x\": expected inner-command"),
        (["manual", "inner-command", "--out", "x"], "manual --out writes all pages: no command is expected"),
        (["completion"], "completion needs a shell: bash, zsh, fish"),
        (["completion", "fsh"], "completion fsh: expected bash, zsh, fish; did you mean zsh or fish?"),
        (["completion", "--shell"], "unknown option --shell"), (["version", "x"], "unexpected operand \"x\""),
    ])
    func whatCannotBeAnsweredIsNamed(arguments: [String], message: String) {
        #expect(throws: UsageError(message)) { try odd.answer(arguments) }
    }

    @Test func allFilesAreWrittenBelowAPrefix() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-manual-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let said = try #require(try odd.answer(["manual", "--out", folder]))
        let expected = [
            "share/man/man1/stnet-odd.1", "share/man/man1/stnet-odd-inner-command.1",
            "share/bash-completion/completions/stnet-odd", "share/zsh/site-functions/_stnet-odd",
            "share/fish/vendor_completions.d/stnet-odd.fish",
        ]
        #expect(said == expected.map { "\(folder)/\($0)\n" }.joined())
        for path in expected { #expect(FileManager.default.fileExists(atPath: "\(folder)/\(path)"), "\(path)") }
        let file = folder + "/" + expected[0]
        #expect {
            _ = try odd.answer(["manual", "--out", file])
        } throws: { error in
            error is HelpFileError && "\(error)".hasPrefix("--out \(file): ")
        }
    }
}
