import Bytes
import Commands
import Foundation
import Options
import SmallRuns
import Testing

/// What was not written by the same command is not replaced by a mistyped name.
@Suite struct OverwritingTests {
    private func expectRefusal(_ option: String, _ body: () async throws -> Void) async {
        do {
            try await body()
            Issue.record("\(option) was taken")
        } catch {
            #expect("\(error)".hasPrefix("--\(option) ") && "\(error)".contains("is there already, and is no earlier"))
        }
    }

    @Test func aRunSurvivesToBeComparedIntoIt() async throws {
        let run = try SmallRun(pictures: 2)
        _ = try await run.evaluate()
        let images = try run.read("out/images.jsonl")
        func compare(_ list: String) throws {
            let parsed = try ParsedOptions(
                arguments: [run.path("out"), run.path("out"), "--list", run.path(list)],
                specifications: CompareCommand.help.options, operands: CompareCommand.operands)
            _ = try CompareCommand(parsed).run { _ in }
        }
        await expectRefusal("list") { try compare("out/images.jsonl") }
        #expect(try run.read("out/images.jsonl") == images)
        for _ in 0..<2 { try compare("changed.csv") }
    }

    @Test func aPageReplacesPagesOnly() async throws {
        let run = try SmallRun(pictures: 2)
        _ = try await run.evaluate()
        func report(_ options: [String]) throws {
            let parsed = try ParsedOptions(
                arguments: [run.path("out")] + options, specifications: ReportCommand.help.options,
                operands: ReportCommand.operands)
            _ = try ReportCommand(parsed).run { _ in }
        }
        for _ in 0..<2 { try report(["--out", run.path("page.html")]) }
        try report([])
        for text in ["mine", "<!DOCTYPE html>\n<html lang=\"en\"><title>mine</title></html>"] {
            try run.write("mine.html", text)
            await expectRefusal("out") { try report(["--out", run.path("mine.html")]) }
            #expect(try run.read("mine.html") == text)
        }
        try run.write("out/report.html", "mine")
        #expect(throws: NewFile.Refusal.self) { try report([]) }
    }

    @Test(arguments: ["log", "metrics-file"])
    func logsAndMetricsGoIntoTheirOwnFiles(option: String) async throws {
        let run = try SmallRun(pictures: 2)
        let weights = try Data(contentsOf: URL(fileURLWithPath: run.path("w.safetensors")))
        await expectRefusal(option) { _ = try await run.evaluate(["--" + option, run.path("w.safetensors")]) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: run.path("w.safetensors"))) == weights)
        for _ in 0..<2 { #expect(try await run.evaluate(["--" + option, run.path("own")]).status == .valid) }
    }
}
