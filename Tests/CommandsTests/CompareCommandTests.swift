import Bytes
import Commands
import Foundation
import Options
import SmallRuns
import Testing

@Suite struct CompareCommandTests {
    private func compare(_ run: SmallRun, _ first: String, _ second: String, _ options: [String] = []) throws -> String
    {
        let parsed = try ParsedOptions(
            arguments: [run.path(first), run.path(second)] + options, specifications: CompareCommand.help.options,
            operands: CompareCommand.operands)
        var text = ""
        let status = try CompareCommand(parsed).run { text += $0 }
        #expect(status == .valid)
        return text
    }

    @Test func twoRunsAreComparedAndWhatChangedIsListed() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate(out: "a")
        _ = try await run.evaluate(["--box-rule", "mass", "--mass", "0.2", "--class-source", "predicted"], out: "b")
        let same = try compare(run, "a", "a")
        #expect(same.contains("1.000") && !same.contains("images changed"))
        let text = try compare(run, "a", "b", ["--list", run.path("changed.csv")])
        #expect(text.contains("small, 7 images"))
        let listed = try run.read("changed.csv").split(separator: "\n").count - 1
        #expect(listed > 0 && text.contains("\(listed) images changed"))
        let json = try JSON.parse(try compare(run, "a", "b", ["--json"]), source: "compare")
        #expect(json["changed_images"]?.intValue == listed)
    }

    @Test func aRunThatIsNotValidOrWasChangedIsRefused() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate(out: "a")
        try FileManager.default.removeItem(atPath: run.path("images/demo_00000005.JPEG"))
        _ = try await run.evaluate(out: "invalid")
        #expect {
            _ = try compare(run, "a", "invalid")
        } throws: {
            "\($0)".contains("invalid/certificate.json: the run is INVALID")
        }
        try run.write("a/images.jsonl", try run.read("a/images.jsonl") + " ")
        #expect {
            _ = try compare(run, "a", "a")
        } throws: {
            "\($0)".contains("a/images.jsonl: its SHA-256 is")
        }
        #expect {
            _ = try compare(run, "nothing", "a")
        } throws: {
            "\($0)".contains("nothing/certificate.json")
        }
    }
}
