import Coordinator
import Foundation
import Options
import Testing

@testable import Commands

/// The help texts as they were reviewed; STNET_RECORD=1 records them again.
@Suite struct HelpTests {
    @Test(arguments: [
        ("evaluate", EvaluateOptions.help.text), ("baseline", BaselineOptions.help.text),
        ("weights", WeightsOptions.help.text), ("compare", CompareCommand.help.text), ("score", ScoreCommand.help.text),
        ("report", ReportCommand.help.text), ("demo", DemoCommand.help.text),
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
            #expect(try table.answer(arguments) == EvaluateOptions.help.text)
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

    @Test func everyLineFitsAWideTerminal() {
        let texts = [
            EvaluateOptions.help.text, BaselineOptions.help.text, WeightsOptions.help.text, CompareCommand.help.text,
            ScoreCommand.help.text, ReportCommand.help.text, DemoCommand.help.text,
        ]
        for line in texts.joined().split(separator: "\n") {
            #expect(line.count <= 120, "\(line)")
        }
    }
}
