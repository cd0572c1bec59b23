import Bytes
import Commands
import Evaluation
import Foundation
import Options
import SmallRuns
import Testing

@testable import Coordinator

/// Two programs never write one results directory at the same time.
@Suite struct OutputDirectoryTests {
    private func score(_ run: SmallRun, _ options: [String] = []) throws -> Options.ExitStatus {
        try run.write("boxes.csv", "demo_00000001,0,0,9,9\ndemo_00000002,0,0,9,9\n")
        let network = try JSON.parse(try run.read("net.json"), source: "net.json")
        let names = network["classes"]?.arrayValue?.compactMap(\.stringValue) ?? []
        try run.write("classes", names.joined(separator: "\n") + "\n")
        let parsed = try ParsedOptions(
            arguments: [
                "--boxes", run.path("boxes.csv"), "--annotations", run.path("annotations"), "--classes",
                run.path("classes"), "--out", run.path("out"),
            ] + options, specifications: ScoreCommand.help.options)
        return try ScoreCommand(parsed).run { _ in }
    }

    /// An evaluation of which one picture could not be read.
    private func leaveUnfinished(_ run: SmallRun) async throws {
        try run.write("images/demo_00000002.JPEG", "no picture")
        #expect(try await run.evaluate().status == .invalid)
    }

    @Test(arguments: [[], ["--force"]])
    func aScoreDoesNotWriteWhereARunIsWriting(options: [String]) async throws {
        let run = try SmallRun(pictures: 2)
        try await leaveUnfinished(run)
        let images = try run.read("out/images.jsonl")
        let running = try FileStorage(path: run.path("out/journal.stnet"), opening: .existing)
        #expect(throws: JournalError.locked(path: run.path("out/journal.stnet"))) { try score(run, options) }
        #expect(try run.read("out/images.jsonl") == images)
        withExtendedLifetime(running) {}
    }

    @Test func aForcedScoreTakesThePlaceOfAnUnfinishedRun() async throws {
        let run = try SmallRun(pictures: 2)
        try await leaveUnfinished(run)
        #expect(try score(run, ["--force"]) == .valid)
        #expect(!FileManager.default.fileExists(atPath: run.path("out/journal.stnet")))
        #expect(try score(run) == .valid, "complete")
    }

    @Test func aRunDoesNotWriteWhereAScoreIsWriting() async throws {
        let run = try SmallRun(pictures: 2)
        let output = OutputDirectory(path: run.path("out"), forces: true)
        _ = try output.make()
        try output.whileLocked {
            #expect(throws: JournalError.locked(path: output.journalPath)) {
                try FileStorage(path: output.journalPath, opening: .existingOrNew)
            }
        }
        #expect(try await run.evaluate().status == .valid)
    }

    @Test func aJournalGoesOnlyOnceTheNewResultStands() async throws {
        struct Full: Error {}
        let run = try SmallRun(pictures: 2)
        let output = OutputDirectory(path: run.path("out"), forces: true)
        _ = try output.make()
        #expect(throws: Full.self) { try output.whileLocked { throw Full() } }
        #expect(!FileManager.default.fileExists(atPath: output.journalPath), "there was none")
        try await leaveUnfinished(run)
        #expect(throws: Full.self) { try output.whileLocked { throw Full() } }
        #expect(FileManager.default.fileExists(atPath: output.journalPath))
        try run.write("out/journal.stnet", "Dear Sir")
        #expect(throws: JournalError.self) { try output.whileLocked {} }
        #expect(try run.read("out/journal.stnet") == "Dear Sir")
    }
}
