import Bytes
import Commands
import Coordinator
import Foundation
import Options
import SmallRuns
import Testing

/// What lies under `--images` when a run goes on must be what was evaluated.
@Suite struct OtherFilesTests {
    private let run: SmallRun

    init() throws { run = try SmallRun(pictures: 5) }

    private func image(_ number: Int) -> String { run.path("images/demo_0000000\(number).JPEG") }

    /// A run of which one image cannot be read: it leaves its journal.
    private func begin() async throws {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: image(5)))
        try bytes.prefix(100).write(to: URL(fileURLWithPath: image(5)))
        let (status, _) = try await run.evaluate()
        #expect(status == .invalid)
        try bytes.write(to: URL(fileURLWithPath: image(5)))
    }

    private func swap(_ a: Int, _ b: Int) throws {
        let first = try Data(contentsOf: URL(fileURLWithPath: image(a)))
        try Data(contentsOf: URL(fileURLWithPath: image(b))).write(to: URL(fileURLWithPath: image(a)))
        try first.write(to: URL(fileURLWithPath: image(b)))
    }

    /// One byte of the compressed pixels: the file's length and the picture's size stay.
    private func flip(_ number: Int) throws {
        var bytes = try Data(contentsOf: URL(fileURLWithPath: image(number)))
        bytes[bytes.count - 10] ^= 1
        try bytes.write(to: URL(fileURLWithPath: image(number)))
    }

    private func refusal(_ options: [String], forces: Bool = true) async -> String? {
        do {
            _ = try await run.evaluate(options, forces: forces)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func theSameFilesGoOn() async throws {
        try await begin()
        let (status, _) = try await run.evaluate(["--resume"])
        #expect(status == .valid)
        let certificate = try JSON.parse(try run.read("out/certificate.json"), source: "certificate")
        #expect(certificate["files_compared"]?.intValue == 5, "the embedded node reads the coordinator's files")
        let (_, _) = try await run.evaluate(out: "whole")
        let whole = try JSON.parse(try run.read("whole/certificate.json"), source: "certificate")
        #expect(certificate["digests"]?["image_files"] == whole["digests"]?["image_files"])
        // As docs/validity.md says.
        let lines = try (1...5).map { number in
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: image(number))))
            return "\(SHA256.hex(bytes)) \(bytes.count) demo_0000000\(number)\n"
        }
        #expect(certificate["digests"]?["image_files"]?.stringValue == SHA256.hex(lines.joined()))
    }

    @Test func compareSaysWhenTheFilesAreOthers() async throws {
        let (_, _) = try await run.evaluate(out: "a")
        let (_, _) = try await run.evaluate(out: "same")
        try flip(2)
        let (_, _) = try await run.evaluate(out: "b")
        #expect(try comparison("same").contains("different image files") == false)
        #expect(try comparison("b").contains("evaluated different image files under the same ids"))
        #expect(try comparison("b", ["--json"]).contains("\"same_image_files\": false"))
        #expect(try comparison("same", ["--json"]).contains("\"same_image_files\": true"))
    }

    private func comparison(_ other: String, _ options: [String] = []) throws -> String {
        let parsed = try ParsedOptions(
            arguments: [run.path("a"), run.path(other)] + options, specifications: CompareCommand.help.options,
            operands: CompareCommand.operands)
        var text = ""
        #expect(try CompareCommand(parsed).run { text += $0 } == .valid)
        return text
    }

    @Test func otherFilesAreRefusedAndTheFirstIsNamed() async throws {
        try await begin()
        try swap(1, 2)
        let text = try #require(await refusal(["--resume"]))
        #expect(text.contains("2 of the images that were evaluated are other files by now"), "\(text)")
        #expect(text.contains(image(1)) && text.contains("--verify-data"), "\(text)")
    }

    /// A file of the same length.
    @Test func aChangedByteIsFound() async throws {
        try await begin()
        try flip(3)
        let text = try #require(await refusal(["--resume"]))
        #expect(text.contains("1 of the images") && text.contains(image(3)) && text.contains("SHA-256"), "\(text)")
    }

    @Test func anImageThatIsGoneIsAnotherFile() async throws {
        try await begin()
        try FileManager.default.removeItem(atPath: image(2))
        let text = try #require(await refusal(["--resume"]))
        #expect(text.contains("1 of the images") && text.contains("demo_00000002"), "\(text)")
        #expect(text.contains("found no file"), "\(text)")
    }

    /// A finished result is of the files of its list, whatever lies there now.
    @Test func aFinishedResultOfOtherFilesIsNotComplete() async throws {
        let (status, _) = try await run.evaluate()
        #expect(status == .valid)
        let lines = try run.read("out/image_files.txt").split(separator: "\n")
        #expect(lines.count == 5 && lines[0].hasSuffix(" demo_00000001"))
        let certificate = try JSON.parse(try run.read("out/certificate.json"), source: "certificate")
        #expect(
            certificate["digests"]?["image_files"]?.stringValue == SHA256.hex(try run.read("out/image_files.txt")))
        let (again, text) = try await run.evaluate(forces: false)
        #expect(again == .valid && text.contains("is complete"))
        for options in [[], ["--resume"], ["--resume", "--verify-data"]] {
            try flip(3)
            let refused = try #require(await refusal(options, forces: false))
            #expect(refused.contains("holds a finished result, and 1 of the images"), "\(refused)")
            #expect(refused.contains(image(3)) && refused.contains("--force"), "\(refused)")
            try flip(3)
        }
        try run.write("out/image_files.txt", lines.reversed().joined(separator: "\n") + "\n")
        let damaged = try #require(await refusal([], forces: false))
        #expect(damaged.contains("the SHA-256 of image_files.txt is not the certificate's"), "\(damaged)")
    }

    @Test func aFinishedResultWithAnotherSummaryIsNotComplete() async throws {
        let (_, _) = try await run.evaluate()
        try run.write(
            "out/summary.json", try run.read("out/summary.json").replacing("\"count\": ", with: "\"count\": 1"))
        let text = try #require(await refusal([], forces: false))
        #expect(text.contains("the SHA-256 of summary.json is not the certificate's"), "\(text)")
        // What reads finished runs takes their names and options from it.
        let (_, _) = try await run.evaluate(out: "a")
        #expect {
            _ = try comparison("out")
        } throws: {
            "\($0)".contains("summary.json: its SHA-256 is")
        }
        let report = try ParsedOptions(
            arguments: [run.path("out")], specifications: ReportCommand.help.options, operands: ReportCommand.operands)
        #expect {
            _ = try ReportCommand(report).run { _ in }
        } throws: {
            "\($0)".contains("summary.json: its SHA-256 is")
        }
    }

    @Test func verifyDataEvaluatesWhatDiffersAnew() async throws {
        try await begin()
        try flip(1)
        try flip(4)
        let (status, text) = try await run.evaluate(["--resume", "--verify-data"])
        #expect(status == .valid)
        #expect(text.contains("2 images are other files than those evaluated"), "\(text)")
        let (_, _) = try await run.evaluate(out: "fresh")
        #expect(try run.read("out/images.jsonl") == run.read("fresh/images.jsonl"))
    }

    @Test func anAnnotationThatChangesALineIsAnotherRun() async throws {
        try await begin()
        let path = run.path("annotations/demo_00000001.xml")
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let width = try #require(text.firstRange(of: /<width>(\d+)<\/width>/))
        try text.replacingCharacters(in: width, with: "<width>9999</width>").write(
            toFile: path, atomically: true, encoding: .utf8)
        let problem = try #require(await refusal(["--resume"]))
        #expect(problem.contains("which differs in ids, labels, boxes, annotated sizes and masks"), "\(problem)")
    }

    @Test func verifyDataAloneIsRefused() async {
        #expect(
            await refusal(["--verify-data"])?.contains("--verify-data has no effect here: it is for --resume") == true)
        #expect(await refusal(["--verify-every", "3"])?.contains("it is for --nodes or --announce") == true)
    }
}
