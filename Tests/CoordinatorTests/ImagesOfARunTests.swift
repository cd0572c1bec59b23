import Bytes
import Coordinator
import Dataset
import Foundation
import SmallRuns
import Testing

/// Which images a run finds, and what it says of those that it does not.
@Suite struct ImagesOfARunTests {
    private func move(_ run: SmallRun, _ from: String, _ to: String) throws {
        let target = run.path(to)
        try FileManager.default.createDirectory(
            atPath: (target as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try FileManager.default.moveItem(atPath: run.path(from), toPath: target)
    }

    @Test func withoutOneImageThereIsNoRun() async throws {
        let run = try SmallRun(pictures: 2)
        try move(run, "images", "elsewhere")
        try FileManager.default.createDirectory(atPath: run.path("images"), withIntermediateDirectories: true)
        for options in [[], ["--dry-run"]] {
            await #expect {
                _ = try await run.evaluate(options)
            } throws: { error in
                "\(error)".hasPrefix(
                    "\(run.path("images")): images: found none of the 2 annotated images, but an empty folder")
                    && "\(error)".hasSuffix("such as demo_00000001; --images \(run.path("elsewhere")) has all of them")
            }
        }
        #expect(!FileManager.default.fileExists(atPath: run.path("out")))
    }

    @Test func imagesThatAreMissingAreNamedBeforeTheOthersAreEvaluated() async throws {
        let run = try SmallRun(pictures: 3)
        try move(run, "images/demo_00000002.JPEG", "images/x/demo_00000002.png")
        let (dry, checked) = try await run.evaluate(["--dry-run"])
        #expect(dry == .invalid)
        #expect(checked.contains("1 of them are missing: the run would be INVALID"), "\(checked)")
        let (status, text) = try await run.evaluate()
        #expect(status == .invalid)
        let lines = text.split(separator: "\n")
        let note = try #require(lines.firstIndex { $0 == "  demo_00000002: x/demo_00000002.png is no JPEG" })
        let progress = try #require(lines.firstIndex { $0.contains("3 / 3 images") })
        #expect(note < progress && lines[note + 1] == "without them the run is INVALID")
        #expect(text.contains("failed: 1 image, named above, and each"))
        // Of those that are asked for, none is missing.
        try run.write("ids.txt", "demo_00000001\ndemo_00000003\n")
        let (some, _) = try await run.evaluate(["--ids", run.path("ids.txt")], out: "some")
        #expect(some == .valid)
    }

    @Test func whatIsNoJPEGIsNamedOnceAndThePathOnTheTerminalOnly() async throws {
        let run = try SmallRun(pictures: 2)
        let path = run.path("images/demo_00000001.JPEG")
        try Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).write(to: URL(fileURLWithPath: path))
        let (_, text) = try await run.evaluate()
        #expect(
            text.contains("demo_00000001 is given up: cannot decode the JPEG: found a PNG picture (\(path))"), "\(text)"
        )
        #expect(text.components(separatedBy: "found a PNG picture").count == 2, "\(text)")
        let record = try #require(try run.read("out/images.jsonl").split(separator: "\n").first)
        #expect(record.hasSuffix(#""error":"cannot decode the JPEG: found a PNG picture"}"#))
    }

    /// The same pictures under ids with folders: the same boxes, and files in such folders.
    @Test func idsMayHaveFolders() async throws {
        let run = try SmallRun(pictures: 4)
        _ = try await run.evaluate(out: "stems")
        for number in 1...4 {
            let (old, new) = ("demo_0000000\(number)", "n\((number - 1) / 2)/\((number - 1) % 2)")
            try move(run, "images/\(old).JPEG", "images/\(new).JPEG")
            let xml = ((try? FileManager.default.subpathsOfDirectory(atPath: run.path("annotations"))) ?? []).first {
                $0.hasSuffix(old + ".xml")
            }
            try move(run, "annotations/\(try #require(xml))", "annotations2/\(new).xml")
        }
        try FileManager.default.removeItem(atPath: run.path("annotations"))
        try move(run, "annotations2", "annotations")
        let (status, text) = try await run.evaluate(
            ["--exe-mode", "bbox_viz", "--save-maps", run.path("maps")], out: "folders")
        #expect(status == .valid, "\(text)")
        func records(_ out: String) throws -> [String] {
            try run.read(out + "/images.jsonl").split(separator: "\n").map { line in
                String(line.drop { $0 != "," })
            }
        }
        #expect(try records("folders") == records("stems"))
        #expect(try run.read("folders/images.jsonl").hasPrefix(#"{"id":"n0/0","label":"#))
        for id in ["n0/0", "n0/1", "n1/0", "n1/1"] {
            #expect(FileManager.default.fileExists(atPath: run.path("folders/bbox_viz/\(id).jpg")))
            #expect(FileManager.default.fileExists(atPath: run.path("maps/\(id).npy")))
        }
    }
}
