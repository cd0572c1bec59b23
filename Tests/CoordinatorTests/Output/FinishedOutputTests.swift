import Bytes
import Commands
import Coordinator
import Foundation
import Options
import SmallRuns
import Testing

/// A finished result is never lost, and never evaluated twice.
@Suite struct FinishedOutputTests {
    private func files(_ run: SmallRun, _ out: String = "out") throws -> [String: String] {
        var files: [String: String] = [:]
        for name in try FileManager.default.contentsOfDirectory(atPath: run.path(out)) {
            files[name] = try run.read(out + "/" + name)
        }
        return files
    }

    private func expectRefusal(
        _ run: SmallRun, _ options: [String], out: String = "out", saying text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await #expect(sourceLocation: sourceLocation) {
            _ = try await run.evaluate(options, out: out, forces: false)
        } throws: { error in
            "\(error)".contains(text) && "\(error)".contains("--force")
        }
    }

    @Test(arguments: [[], ["--resume"], ["--threads", "3"], ["--dry-run"], ["--selection", "reference"]])
    func theSameCommandSaysThatItIsComplete(options: [String]) async throws {
        let run = try SmallRun(pictures: 3)
        _ = try await run.evaluate(forces: false)
        let before = try files(run)
        let (status, text) = try await run.evaluate(options, forces: false)
        #expect(status == .valid)
        #expect(text.contains("out is complete") && text.contains("small: 3 images, label"), "\(text)")
        #expect(text.contains("out/report.html"))
        #expect(try files(run) == before)
    }

    @Test(arguments: [
        (["--limit", "2"], "images: 3, now 2"), (["--preset", "sharp"], "preset: reference, now sharp"),
        (["--iou", "wsol", "--resume"], "iou: stnet, now wsol"),
        (["--exe-mode", "bbox_viz"], "exe-mode: bbox_eval, now bbox_viz"), (["--limit", "1", "--dry-run"], "images"),
    ])
    func anotherCommandIsRefusedWithWhatDiffers(options: [String], text: String) async throws {
        let run = try SmallRun(pictures: 3)
        _ = try await run.evaluate(forces: false)
        let before = try files(run)
        await expectRefusal(run, options, saying: text)
        #expect(try files(run) == before)
        let (status, _) = try await run.evaluate(options.filter { $0 != "--resume" } + ["--force"], forces: false)
        #expect(status == .valid)
    }

    @Test func otherWeightsAreNamed() async throws {
        let run = try SmallRun(pictures: 2)
        _ = try await run.evaluate(forces: false)
        let weights = URL(fileURLWithPath: run.path("w.safetensors"))
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
        await expectRefusal(run, [], saying: "weights: ")
    }

    @Test func aForcedRunThatIsInterruptedBeforeItHasAnythingLeavesTheResult() async throws {
        let run = try SmallRun(pictures: 3)
        _ = try await run.evaluate(forces: false)
        let before = try files(run)
        let interrupts = Interrupts()
        interrupts.interrupt()
        let (status, _) = try await run.evaluate(["--limit", "2", "--force"], interrupts: interrupts)
        #expect(status == .invalid)
        #expect(try files(run) == before)
    }

    /// The journal and the partial result of an earlier run are more than a run that was given up while it read.
    @Test(arguments: ["--force", "--resume"])
    func aRunThatIsInterruptedWhileItReadsLeavesAPartialResult(option: String) async throws {
        let run = try SmallRun(pictures: 3)
        try FileManager.default.removeItem(atPath: run.path("images/demo_00000002.JPEG"))
        #expect(try await run.evaluate(forces: false).status == .invalid)
        let before = try files(run)
        #expect(before["certificate.json"] != nil)
        let interrupts = Interrupts()
        interrupts.interrupt()
        let (status, text) = try await run.evaluate([option], interrupts: interrupts)
        #expect(status == .invalid && text.contains("nothing was written"), "\(text)")
        #expect(try files(run) == before)
    }

    @Test func aResultThatWasChangedIsNoResult() async throws {
        let run = try SmallRun(pictures: 2)
        _ = try await run.evaluate(forces: false)
        try run.write("out/images.jsonl", try run.read("out/images.jsonl") + "\n")
        await expectRefusal(run, [], saying: "the SHA-256 of images.jsonl is not the certificate's")
        try FileManager.default.removeItem(atPath: run.path("out/summary.json"))
        await expectRefusal(run, ["--resume"], saying: "out: holds a finished result that cannot be read back")
        let (status, _) = try await run.evaluate(["--force"])
        #expect(status == .valid)
    }

    @Test func anotherProgramsFilesAreNotReplacedUnasked() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.createDirectory(atPath: run.path("out"), withIntermediateDirectories: true)
        try run.write("out/table.md", "mine")
        try run.write("out/notes.txt", "mine too")
        await expectRefusal(run, [], saying: "out/table.md: is there already")
        _ = try await run.evaluate(["--force"])
        #expect(try run.read("out/notes.txt") == "mine too")
    }

    @Test func anInvalidRunGoesOnAsBefore() async throws {
        let run = try SmallRun(pictures: 3)
        let image = run.path("images/demo_00000002.JPEG")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: image))
        try FileManager.default.removeItem(atPath: image)
        let (status, _) = try await run.evaluate(forces: false)
        #expect(status == .invalid)
        await expectRefusal(run, [], saying: "go on with --resume")
        await expectRefusal(run, ["--resume", "--limit", "2"], saying: "images: 3, now 2")
        try bytes.write(to: URL(fileURLWithPath: image))
        let (resumed, _) = try await run.evaluate(["--resume"])
        #expect(resumed == .valid)
        #expect(!FileManager.default.fileExists(atPath: run.path("out/journal.stnet")))
    }

    /// What failed everywhere holds no work: images that were looked for in the wrong place, for example.
    @Test func aJournalOfFailuresBindsNobody() async throws {
        let run = try SmallRun(pictures: 2)
        for name in ["demo_00000001", "demo_00000002"] { try run.write("images/\(name).JPEG", "no picture") }
        let (status, _) = try await run.evaluate(forces: false)
        #expect(status == .invalid)
        let (other, _) = try await run.evaluate(["--iou", "wsol"], forces: false)
        #expect(other == .invalid)
    }

    @Test func nothingIsLeftOfACommandThatCannotBegin() async throws {
        let run = try SmallRun(pictures: 2)
        await #expect(throws: (any Error).self) { _ = try await run.evaluate(["--ids", run.path("none")]) }
        try run.write("ids", "\n\n")
        await #expect(throws: (any Error).self) { _ = try await run.evaluate(["--ids", run.path("ids")]) }
        try run.write("annotations/demo_00000001.xml", "<annotation>")
        await #expect(throws: (any Error).self) { _ = try await run.evaluate() }
        #expect(!FileManager.default.fileExists(atPath: run.path("out")))
    }

    /// A value that no network computes with, in the last of the tensors.
    @Test func nothingIsMadeForWeightsThatNoNodeCanUse() async throws {
        let run = try SmallRun(pictures: 2)
        let weights = URL(fileURLWithPath: run.path("w.safetensors"))
        var bytes = try Data(contentsOf: weights)
        for (place, byte) in zip(bytes.count - 4..<bytes.count, [0, 0, 0xc0, 0x7f] as [UInt8]) { bytes[place] = byte }
        try bytes.write(to: weights)
        let options = ["--exe-mode", "bbox_viz", "--save-maps", run.path("kept/maps")]
        await #expect {
            _ = try await run.evaluate(options, out: "deep/out")
        } throws: {
            "\($0)".hasPrefix(run.path("w.safetensors") + ": tensor \"f2.weight\": element 299 is nan")
        }
        for name in ["deep", "kept"] { #expect(!FileManager.default.fileExists(atPath: run.path(name)), "\(name)") }
    }

    @Test func whatKilledRunsLeftGoes() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.createDirectory(atPath: run.path("out"), withIntermediateDirectories: true)
        try run.write("out/images.jsonl.4194999-0.tmp", "half")
        try run.write("out/mine.tmp", "whole")
        let (status, _) = try await run.evaluate(forces: false)
        #expect(status == .valid)
        let left = try FileManager.default.contentsOfDirectory(atPath: run.path("out"))
        #expect(left.filter { $0.hasSuffix(".tmp") } == ["mine.tmp"])
    }

    @Test func aPartSaysOfWhatItIsOne() async throws {
        let run = try SmallRun(pictures: 5)
        try run.write("ids", "demo_00000002\ndemo_00000004\n")
        for (options, count) in [(["--limit", "3"], 3), (["--ids", run.path("ids")], 2)] {
            let (status, text) = try await run.evaluate(options)
            #expect(status == .valid)
            for place in ["table.md", "summary.json", "report.html"] {
                #expect(try run.read("out/" + place).contains("\(count) of 5 annotated"), "\(place)")
            }
            #expect(text.contains("small, \(count) of 5 annotated"))
            let certificate = try JSON.parse(try run.read("out/certificate.json"), source: "certificate")
            #expect(certificate["annotated"]?.intValue == 5 && certificate["expected"]?.intValue == count)
        }
    }

    @Test func aScoreIsProtectedToo() async throws {
        let run = try SmallRun(pictures: 2)
        try run.write("boxes.csv", "demo_00000001,0,0,9,9\ndemo_00000002,0,0,9,9\n")
        try run.write("classes", JSON.names(try run.read("net.json")))
        func score(_ options: [String] = []) throws -> (Options.ExitStatus, String) {
            let parsed = try ParsedOptions(
                arguments: [
                    "--boxes", run.path("boxes.csv"), "--annotations", run.path("annotations"), "--classes",
                    run.path("classes"), "--out", run.path("out"),
                ] + options, specifications: ScoreCommand.help.options)
            var text = ""
            return (try ScoreCommand(parsed).run { text += $0 + "\n" }, text)
        }
        #expect(try score().0 == .valid)
        #expect(try score().1.contains("out is complete"))
        #expect {
            try score(["--iou", "wsol"])
        } throws: {
            "\($0)".contains("iou: stnet, now wsol")
        }
        #expect(try score(["--iou", "wsol", "--force"]).1.contains("boxes.csv, iou wsol"))
        // Neither takes the other's place.
        await expectRefusal(run, [], saying: "holds the finished result of another run (boxes.csv, iou wsol)")
        try FileManager.default.removeItem(atPath: run.path("images/demo_00000002.JPEG"))
        _ = try await run.evaluate(out: "unfinished")
        try FileManager.default.removeItem(atPath: run.path("out"))
        try FileManager.default.moveItem(atPath: run.path("unfinished"), toPath: run.path("out"))
        #expect {
            try score()
        } throws: {
            "\($0)".contains("holds the journal of an evaluation that is not finished")
        }
    }
}

extension JSON {
    /// A description's class names, one a line.
    fileprivate static func names(_ description: String) throws -> String {
        let names = try JSON.parse(description, source: "net.json")["classes"]?.arrayValue ?? []
        return names.compactMap(\.stringValue).joined(separator: "\n") + "\n"
    }
}
