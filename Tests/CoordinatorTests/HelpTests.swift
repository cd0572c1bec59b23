import Coordinator
import Foundation
import Testing

/// The help texts as they were reviewed; STNET_RECORD=1 records them again.
@Suite struct HelpTests {
    @Test(arguments: [
        ("evaluate", EvaluateOptions.help.text), ("baseline", BaselineOptions.help.text),
        ("weights", WeightsOptions.help.text), ("compare", CompareCommand.help.text), ("score", ScoreCommand.help.text),
        ("report", ReportCommand.help.text),
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

    @Test func everyLineFitsAWideTerminal() {
        let texts = [
            EvaluateOptions.help.text, BaselineOptions.help.text, WeightsOptions.help.text, CompareCommand.help.text,
            ScoreCommand.help.text, ReportCommand.help.text,
        ]
        for line in texts.joined().split(separator: "\n") {
            #expect(line.count <= 120, "\(line)")
        }
    }
}
