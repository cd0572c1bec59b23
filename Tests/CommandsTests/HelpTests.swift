import Coordinator
import Foundation
import Testing

@testable import Commands
@testable import Options

/// The help texts as they were reviewed; STNET_RECORD=1 records them again.
@Suite struct HelpTests {
    @Test(arguments: [
        ("evaluate", CoordinatorMain.table.help.text), ("baseline", BaselineOptions.help.text),
        ("weights", WeightsOptions.help.text), ("compare", CompareCommand.help.text), ("score", ScoreCommand.help.text),
        ("report", ReportCommand.help.text), ("sweep", SweepOptions.help.text), ("table", TableCommand.help.text),
        ("demo", DemoCommand.help.text),
    ])
    func theTextIsTheRecordedOne(name: String, text: String) throws {
        let path = URL(filePath: #filePath).appending(path: "../Snapshots/help-\(name).txt").standardized
        if ProcessInfo.processInfo.environment["STNET_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: path)
        }
        #expect(try String(contentsOf: path, encoding: .utf8) == text)
    }

    @Test func helpIsWhereverItIsLookedFor() throws {
        let table = CoordinatorMain.table
        for arguments in [["-h"], ["--help"], ["help"], ["help", "--all"]] {
            #expect(try table.answer(arguments) == CoordinatorMain.table.help.text)
        }
        #expect(try table.answer(["help", "score"]) == ScoreCommand.help.text)
        for arguments in [["-V"], ["-v"], ["version"], ["--version"], ["compare", "--version"]] {
            #expect(try table.answer(arguments) == "stnet \(stnetVersion)\n")
        }
        for arguments in [["score", "--boxes", "b"], [], ["--images", "help"], ["compare", "help"]] {
            #expect(try table.answer(arguments) == nil)
        }
        #expect(throws: UsageError.self) { try table.answer(["help", "scor"]) }
        for (name, help) in table.commands {
            for form in ["--help", "-h"] {
                let parsed = try ParsedOptions(arguments: [form], specifications: help.options, operands: 2...2)
                #expect(parsed.switches == ["help"], "\(name)")
            }
        }
    }

    /// An evaluation can end in any of them, a command in some.
    @Test func everyExitStatusIsListed() {
        let all = ExitStatus.allCases.map(\.rawValue)
        #expect(EvaluateOptions.help.exits.map(\.status) == all + [128 + SIGINT, 128 + SIGTERM])
        for (name, help) in CoordinatorMain.table.commands {
            let statuses = help.exits.map(\.status)
            #expect(statuses.first == 0 && statuses.contains(ExitStatus.usage.rawValue), "\(name)")
            #expect(Set(statuses).isSubset(of: all) && statuses == statuses.sorted(), "\(name)")
        }
    }

    /// The command line refuses what is not the description's; completions offer what is.
    @Test func everyValueThatIsOfferedIsTaken() throws {
        for (name, help) in [("", EvaluateOptions.help)] + CoordinatorMain.table.commands {
            for option in help.visibleOptions {
                for word in option.candidates?.words ?? [] {
                    let parsed = try ParsedOptions(
                        arguments: ["--\(option.name)", word], specifications: help.options, operands: 0...2)
                    #expect(parsed.values[option.name] == word, "\(name) --\(option.name)")
                }
            }
        }
    }
}
