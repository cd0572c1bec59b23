import Bytes
import Commands
import Coordinator
import Dataset
import Evaluation
import Foundation
import Jobs
import Options
import SmallRuns
import Testing

/// A run and a score of its maps against masks, in the layout of OpenImages30k.
@Suite struct MaskMetricsTests {
    private let run: SmallRun

    init() throws {
        run = try SmallRun(pictures: 7, description: SmallRun.pooledDescription)
        try run.write("classes.txt", DemoPictures.classNames.joined(separator: "\n") + "\n")
        try MaskLists.make(in: run.directory)
    }

    private var masks: [String] { ["--masks", run.path("masks")] }

    private func summary(_ out: String) throws -> JSON {
        try JSON.parse(try run.read(out + "/summary.json"), source: out)
    }

    private func maps(_ out: String) throws -> [String: JSON] {
        let maps = try #require(try summary(out)["metrics"]?["score_maps"]?.objectValue)
        return Dictionary(uniqueKeysWithValues: maps.filter { $0.0 != "surplus_maps" })
    }

    private func score(_ options: [String] = [], out: String) throws -> (Options.ExitStatus, String) {
        let parsed = try ParsedOptions(
            arguments: [
                "--maps", run.path("maps"), "--annotations", run.path("annotations"), "--classes",
                run.path("classes.txt"), "--input-size", "64", "--out", run.path(out), "--force",
            ] + masks + options, specifications: ScoreCommand.help.options)
        var text = ""
        return (try ScoreCommand(parsed).run { text += $0 + "\n" }, text)
    }

    @Test(arguments: [["--preprocess", "squash", "--iou", "wsol"], ["--preprocess", "stnet", "--thresholds", "50"]])
    func aRunSaysWhatTheScoreOfItsMapsSays(options: [String]) async throws {
        let kept = ["--map-metrics", "--save-maps", run.path("maps")]
        let (status, text) = try await run.evaluate(options + masks + kept, out: "run")
        #expect(status == .valid && text.contains("PxAP") && text.contains("pIoU"), "\(text)")
        let (scored, table) = try score(options, out: "score")
        #expect(scored == .valid && table.contains("PxAP"), "\(table)")
        #expect(table.unwrapped.contains("their intersection over union"))
        #expect(try maps("run") == maps("score"))
        let found = try maps("score")
        let pxap = try #require(found["pxap"]?.doubleValue)
        #expect(pxap > 0 && pxap < 1 && found["piou"]?["value"]?.doubleValue ?? 0 > 0)
        #expect(found["baselines"]?.arrayValue?.first?["pxap"]?.doubleValue ?? 0 > 0)
        let thresholds = options.contains("50") ? 50 : 1000
        #expect(found["pixels"]?["thresholds"]?.intValue == thresholds)
        #expect(try summary("score")["protocol"]?["pixel_thresholds"]?.intValue == thresholds)
        let counted = ["foreground", "background"].flatMap {
            found["pixels"]?[$0]?.arrayValue?.compactMap(\.intValue) ?? []
        }
        // What is ignored is not counted.
        #expect(counted.count == 2 * (thresholds + 1) && (1..<7 * 64 * 64).contains(counted.reduce(0, +)))
        // As the number is said: no map need be kept for it, whatever the batches and threads.
        _ = try await run.evaluate(
            options + masks + ["--map-metrics", "--threads", "3", "--batch", "2"], out: "unkept")
        #expect(try maps("unkept") == maps("run"))
        #expect(
            try summary("unkept")["protocol"]?["options"]?["pixel-thresholds"]?.stringValue == "\(thresholds)")
        try expectSameReport("run")
        try expectSameReport("score")
        _ = try score(options + ["--threads", "1"], out: "one")
        #expect(try run.read("one/summary.json") == run.read("score/summary.json"))
    }

    /// The report that is made of the files that were left is the one that was written.
    private func expectSameReport(_ out: String) throws {
        let page = try run.read(out + "/report.html")
        #expect(page.contains("PxAP"))
        let parsed = try ParsedOptions(
            arguments: [run.path(out)], specifications: ReportCommand.help.options, operands: ReportCommand.operands)
        #expect(try ReportCommand(parsed).run { _ in } == .valid)
        #expect(try run.read(out + "/report.html") == page)
    }

    @Test func onlyMapMetricsNeedTheMasksInTheInput() async throws {
        let (status, text) = try await run.evaluate(masks, out: "run")
        #expect(status == .valid && text.contains("digest of their ids, labels, boxes and masks: "), "\(text)")
        #expect(try summary("run")["metrics"]?["score_maps"] == nil)
        #expect(try summary("run")["protocol"]?["options"]?["pixel-thresholds"] == nil)
        await #expect {
            _ = try await run.evaluate(["--map-metrics"], out: "refused")
        } throws: {
            "\($0)".contains("expected --masks DIR")
        }
    }

    /// An image that failed is tried again; the others' pixels stand in the journal.
    @Test func aRunGoesOnWithWhatItsJournalHasOfThePixels() async throws {
        let measured = masks + ["--map-metrics"]
        let id = "demo_00000003"
        let whole = try Data(contentsOf: URL(fileURLWithPath: run.path("images/\(id).JPEG")))
        try run.write("images/\(id).JPEG", "no picture")
        #expect(try await run.evaluate(measured).status == .invalid)
        // What is known of a part is said of a part.
        let part = try #require(try summary("out")["invalid_metrics"]?["score_maps"])
        #expect(part["max_box_acc"]?["of"]?.intValue == 6 && part["pxap"]?.doubleValue != nil)
        try whole.write(to: URL(fileURLWithPath: run.path("images/\(id).JPEG")))
        for (options, part) in [
            (["--map-metrics"], "expected --masks DIR"), (masks, "map-metrics: true, now nothing"),
            (measured + ["--thresholds", "50"], "pixel-thresholds: 1000, now 50"),
        ] {
            await #expect {
                _ = try await run.evaluate(options + ["--resume"])
            } throws: {
                "\($0)".contains(part)
            }
        }
        let (status, text) = try await run.evaluate(measured + ["--resume"])
        #expect(status == .valid && text.contains("6 images have a result in the journal"), "\(text)")
        _ = try await run.evaluate(measured, out: "anew")
        #expect(try maps("out") == maps("anew") && maps("out")["pxap"]?.doubleValue != nil)
        #expect(try run.read("out/images.jsonl") == run.read("anew/images.jsonl"))
    }

    /// The run's digest is that of the masks, so that nothing is gone on with against others.
    @Test func otherMasksAreAnotherRun() async throws {
        let path = run.path("masks/test/0/demo_00000002_m0.png")
        _ = try await run.evaluate(masks + ["--map-metrics"])
        let size = try PNGReader.gray(try MaskFile.bytes(path: path), file: path)
        try MaskLists.write(path, size.width, size.height) { x, y in x < 9 && y < 5 }
        await #expect {
            _ = try await run.evaluate(masks + ["--map-metrics"], forces: false)
        } throws: {
            "\($0)".contains("ids, labels, boxes, annotated sizes and masks: ")
        }
    }

    /// As if a file were replaced while the run reads.
    @Test func aMaskThatChangesMeanwhileIsNamed() throws {
        let lists = try Annotations.load(
            path: run.path("annotations"), classes: ClassIndex(names: DemoPictures.classNames), masks: run.path("masks")
        )
        let image = try #require(lists.first { $0.id == "demo_00000002" })
        let names = try #require(image.masks)
        let geometry = Geometry(
            preset: .squash, inputSize: 64, width: image.declaredWidth!, height: image.declaredHeight!)
        let reader = MaskReader(folder: run.path("masks"))
        _ = try reader.truth(of: names, in: geometry)
        try MaskLists.write(run.path("masks/test/0/demo_00000002_ignore.png"), 8, 8) { x, _ in x < 3 }
        #expect {
            _ = try reader.truth(of: names, in: geometry)
        } throws: {
            "\($0)".contains("demo_00000002_m0.png and") && "\($0)".contains("found other bytes than when")
        }
    }

    @Test func aMapWithoutATellingMaskIsNoResult() async throws {
        _ = try await run.evaluate(masks + ["--save-maps", run.path("maps")], out: "run")
        // As if the file went between the list and the map.
        try FileManager.default.removeItem(atPath: run.path("masks/test/0/demo_00000002_m0.png"))
        #expect {
            _ = try score(out: "score")
        } throws: {
            "\($0)".contains("found no file test/0/demo_00000002_m0.png of demo_00000002")
        }
    }

    /// Two of ten classes that no file names: what the lists call a class is its number.
    @Test func aNetworkWithoutClassNamesHasNumbers() async throws {
        let description = SmallRun.pooledDescription
        let names = try #require(description.firstRange(of: "\"classes\": "))
        let end = try #require(description[names.lowerBound...].firstRange(of: "],"))
        try run.write("net.json", description.replacingCharacters(in: names.lowerBound..<end.upperBound, with: ""))
        let (status, text) = try await run.evaluate(masks, out: "run")
        #expect(status == .valid, "\(text)")
        let facts = try JSON.parse(try run.read("run/run.json"), source: "run.json")
        #expect(facts["classes"]?.arrayValue?.compactMap(\.stringValue) == (0..<10).map(String.init))
        #expect(facts["masks_path"]?.stringValue == run.path("masks"))
    }
}
