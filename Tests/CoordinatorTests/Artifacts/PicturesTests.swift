import Bytes
import Coordinator
import Dataset
import Evaluation
import Foundation
import Options
import SmallRuns
import Testing

/// Pictures and maps of whole runs on the embedded node.
@Suite struct PicturesTests {
    private func bytes(_ run: SmallRun, _ name: String) throws -> [UInt8] {
        try WholeFile.read(path: run.path(name), limit: 1 << 24)
    }

    private func names(_ run: SmallRun, _ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: run.path(folder)).sorted()
    }

    private let ids = (1...5).map { "demo_0000000\($0)" }

    @Test func eachModeGivesAPictureAnImageAndTheSameRecords() async throws {
        let run = try SmallRun(pictures: 5)
        _ = try await run.evaluate(out: "plain")
        for (mode, suffix, start) in [("bbox_viz", "jpg", [0xff, 0xd8]), ("ch_viz", "png", [0x89, 0x50])]
            as [(String, String, [UInt8])]
        {
            let (status, text) = try await run.evaluate(["--exe-mode", mode, "--batch", "2"], out: mode)
            #expect(status == .valid)
            #expect(text.contains(run.path(mode + "/" + mode)))
            #expect(try names(run, "\(mode)/\(mode)") == ids.map { "\($0).\(suffix)" })
            #expect(try run.read(mode + "/images.jsonl") == run.read("plain/images.jsonl"))
            for id in ids { #expect(try bytes(run, "\(mode)/\(mode)/\(id).\(suffix)").starts(with: start)) }
            let options = try JSON.parse(try run.read(mode + "/summary.json"), source: "summary")["protocol"]?[
                "options"]
            #expect(options?["exe-mode"]?.stringValue == mode && options?["bottom"]?.stringValue == "image")
            #expect(options?["map-bottom"]?.stringValue == (mode == "ch_viz" ? "p1" : nil))
        }
        let decoded = try bytes(run, "bbox_viz/bbox_viz/\(ids[0]).jpg").withUnsafeBytes {
            try JPEGDecoder.decode($0, name: "picture")
        }
        // Four times the input's side, three times it, and a caption below.
        #expect(decoded.width == 256 && decoded.height == 256 + 42)
        // Width and height of the PNG's header.
        #expect(try bytes(run, "ch_viz/ch_viz/\(ids[0]).png")[16..<24] == [0, 0, 0, 192, 0, 0, 0, 192 + 37])
    }

    @Test func threadsAndBatchesChangeNoByteOfAPicture() async throws {
        let run = try SmallRun(pictures: 5)
        let options = ["--exe-mode", "ch_viz", "--overlay", "--save-maps", run.path("maps")]
        var seen: [[[UInt8]]] = []
        for (threads, batch) in [("1", "1"), ("3", "2"), ("2", "32")] {
            try? FileManager.default.removeItem(atPath: run.path("maps"))
            let (status, _) = try await run.evaluate(options + ["--threads", threads, "--batch", batch])
            #expect(status == .valid)
            seen.append(try ids.flatMap { [try bytes(run, "out/ch_viz/\($0).png"), try bytes(run, "maps/\($0).npy")] })
        }
        #expect(seen[0] == seen[1] && seen[0] == seen[2])
        #expect(Set(seen[0].filter { $0.count == 64 * 64 * 8 + 128 }).count > 2, "maps differ")
    }

    @Test func mapsAreKeptInAnyMode() async throws {
        let run = try SmallRun(pictures: 2)
        let (status, _) = try await run.evaluate(["--save-maps", run.path("maps")])
        #expect(status == .valid)
        #expect(try names(run, "maps") == ["demo_00000001.npy", "demo_00000002.npy"])
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (64, 64), }"
        #expect(try bytes(run, "maps/demo_00000001.npy")[10...].starts(with: Array(header.utf8)))
        // As it was made: half as large, and the same between 0 and 1.
        _ = try await run.evaluate(["--save-maps", run.path("raw"), "--save-maps-as", "raw"], out: "raw-out")
        let raw = try NumPyMap(try bytes(run, "raw/demo_00000001.npy"), file: "raw")
        let kept = try NumPyMap(try bytes(run, "maps/demo_00000001.npy"), file: "maps")
        #expect(try bytes(run, "raw/demo_00000001.npy").count == 64 * 64 * 4 + 128)
        #expect(kept.values == NormalisedMap.values(raw.values) && kept.values != raw.values)
        #expect(!FileManager.default.fileExists(atPath: run.path("out/bbox_eval")))
        // Another read-out, another map; the box stays where it is.
        _ = try await run.evaluate(["--save-maps", run.path("pixels"), "--map-bottom", "image"], out: "pixels-out")
        #expect(try bytes(run, "maps/demo_00000001.npy") != bytes(run, "pixels/demo_00000001.npy"))
        #expect(try run.read("out/images.jsonl") == run.read("pixels-out/images.jsonl"))
    }

    @Test func aFailedImageHasNoPictureAndAnOldOneDoesNotStay() async throws {
        let run = try SmallRun(pictures: 5)
        _ = try await run.evaluate(["--exe-mode", "bbox_viz"])
        try run.write("images/\(ids[2]).JPEG", "no picture")
        let (status, _) = try await run.evaluate(["--exe-mode", "bbox_viz"])
        #expect(status == .invalid)
        #expect(try names(run, "out/bbox_viz") == ids.filter { $0 != ids[2] }.map { $0 + ".jpg" })
        let certificate = try run.read("out/certificate.json")
        #expect(!certificate.contains("lack their pictures"))
    }

    /// The journal stays because of a failed image; the pictures that are missing are made again, and only those.
    @Test func aResumedRunMakesThePicturesThatAreMissing() async throws {
        let run = try SmallRun(pictures: 5)
        let whole = try bytes(run, "images/\(ids[4]).JPEG")
        try run.write("images/\(ids[4]).JPEG", "no picture")
        _ = try await run.evaluate(["--exe-mode", "bbox_viz"])
        let picture = try bytes(run, "out/bbox_viz/\(ids[1]).jpg")
        try FileManager.default.removeItem(atPath: run.path("out/bbox_viz/\(ids[1]).jpg"))
        try Data(whole).write(to: URL(fileURLWithPath: run.path("images/\(ids[4]).JPEG")))
        let (status, text) = try await run.evaluate(["--exe-mode", "bbox_viz", "--resume"])
        #expect(status == .valid, "\(text)")
        #expect(text.contains("1 of them lack their files, the first is \(ids[1])"))
        #expect(try names(run, "out/bbox_viz") == ids.map { $0 + ".jpg" })
        #expect(try bytes(run, "out/bbox_viz/\(ids[1]).jpg") == picture)
        let certificate = try JSON.parse(try run.read("out/certificate.json"), source: "certificate")
        #expect(certificate["valid"]?.boolValue == true)
    }

    /// Also those of images that the new run does not have, and of another mode.
    @Test func aForcedRunLeavesNoPictureOfTheOneBefore() async throws {
        let run = try SmallRun(pictures: 5)
        let options = ["--exe-mode", "bbox_viz", "--save-maps", run.path("maps")]
        _ = try await run.evaluate(options)
        try run.write("maps/of-another-program.npy", "not ours")
        _ = try await run.evaluate(options + ["--limit", "2"])
        #expect(try names(run, "out/bbox_viz") == ids.prefix(2).map { $0 + ".jpg" })
        #expect(try names(run, "maps") == ids.prefix(2).map { $0 + ".npy" } + ["of-another-program.npy"])
        _ = try await run.evaluate(["--limit", "1"])
        #expect(try names(run, "out/bbox_viz") == [] && names(run, "maps") == ["of-another-program.npy"])
    }

    @Test func anotherModeDoesNotResumeARun() async throws {
        let run = try SmallRun(pictures: 2)
        try run.write("images/\(ids[1]).JPEG", "no picture")
        _ = try await run.evaluate()
        let error = await #expect(throws: JournalError.self) {
            _ = try await run.evaluate(["--exe-mode", "bbox_viz", "--resume"])
        }
        #expect("\(try #require(error))".contains("exe-mode: bbox_eval, now bbox_viz"))
    }

    /// A folder that bears a picture's name stands in its way.
    @Test func aPictureThatCannotBeWrittenEndsTheRun() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.createDirectory(
            atPath: run.path("maps/\(ids[1]).npy"), withIntermediateDirectories: true)
        let error = await #expect(throws: FileError.self) {
            _ = try await run.evaluate(["--save-maps", run.path("maps")])
        }
        #expect(try #require(error).path == run.path("maps/\(ids[1]).npy"))
    }

    @Test(arguments: [
        (["--overlay"], "--overlay has no effect here: it is for --exe-mode ch_viz (--exe-mode is bbox_eval)"),
        (
            ["--exe-mode", "bbox_viz", "--overlay"],
            "--overlay has no effect here: it is for --exe-mode ch_viz (--exe-mode is bbox_viz)"
        ),
        (
            ["--map-bottom", "p1"],
            "--map-bottom has no effect here: it is for --exe-mode ch_viz or --save-maps or "
                + "--map-metrics (--exe-mode is bbox_eval)"
        ),
        (["--exe-mode", "ch_viz", "--map-bottom", "p9"], "--map-bottom p9: network small has image, p1"),
        (["--exe-mode", "ch_viz", "--bottom", "p9"], "--bottom p9: network small has image, p1"),
        (
            ["--exe-mode", "viz"],
            "--exe-mode viz: expected bbox_eval, bbox_viz, ch_viz; did you mean bbox_viz or ch_viz?"
        ),
    ])
    func optionsThatDoNotFitAreErrors(options: [String], message: String) async throws {
        let run = try SmallRun(pictures: 1)
        await #expect(throws: UsageError(message)) { _ = try await run.evaluate(options) }
    }
}
