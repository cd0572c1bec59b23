import Bytes
import Commands
import Coordinator
import Dataset
import Drawing
import Evaluation
import Foundation
import Options
import SmallRuns
import Testing

/// A run and a score of its maps against masks, in the layout of OpenImages30k.
@Suite struct MaskMetricsTests {
    private let run: SmallRun
    private let names: [String]

    /// The annotations become the benchmark's lists, and each box a mask that is a little smaller.
    init() throws {
        run = try SmallRun(pictures: 7, description: SmallRun.pooledDescription)
        try run.write("classes.txt", DemoPictures.classNames.joined(separator: "\n") + "\n")
        let annotations = try Annotations.load(
            path: run.path("annotations"), classes: ClassIndex(names: DemoPictures.classNames))
        var lists = ["image_ids": "", "class_labels": "", "image_sizes": "", "localization": ""]
        var names: [String] = []
        try FileManager.default.removeItem(atPath: run.path("annotations"))
        for folder in ["annotations", "masks/test/0"] {
            try FileManager.default.createDirectory(atPath: run.path(folder), withIntermediateDirectories: true)
        }
        for image in annotations {
            let name = "test/\(image.label)/\(image.id).JPEG"
            names.append(name)
            let (width, height) = (image.declaredWidth!, image.declaredHeight!)
            lists["image_ids"]! += "\(name)\n"
            lists["class_labels"]! += "\(name),\(image.label)\n"
            lists["image_sizes"]! += "\(name),\(width),\(height)\n"
            for (place, box) in image.boxes.enumerated() {
                let mask = "test/0/\(image.id)_m\(place).png"
                let ignored = "test/0/\(image.id)_ignore.png"
                lists["localization"]! += "\(name),\(mask),\(place == 0 ? ignored : "")\n"
                try Self.write(run.path("masks/" + mask), width, height) { x, y in
                    Float(x) >= box.x0 + 2 && Float(x) <= box.x1 - 2 && Float(y) >= box.y0 && Float(y) <= box.y1 - 1
                }
                if place == 0 { try Self.write(run.path("masks/" + ignored), width, height) { x, _ in x < width / 4 } }
            }
        }
        for (list, text) in lists { try run.write("annotations/\(list).txt", text) }
        self.names = names
    }

    private static func write(_ path: String, _ width: Int, _ height: Int, _ isWhite: (Int, Int) -> Bool) throws {
        let pixels = (0..<width * height).map { UInt8(isWhite($0 % width, $0 / width) ? 1 : 0) }
        let colors = [RGBColor(0, 0, 0), RGBColor(255, 255, 255)]
        try Data(PNGEncoder.encode(indexed: pixels, palette: colors, width: width, height: height))
            .write(to: URL(fileURLWithPath: path))
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

    @Test func withoutKeptMapsARunSaysWhatItLacks() async throws {
        let (status, text) = try await run.evaluate(masks + ["--map-metrics"], out: "run")
        #expect(status == .valid && text.contains("PxAP and pIoU are measured where the maps are kept"), "\(text)")
        #expect(try maps("run")["pxap"] == nil)
        await #expect {
            _ = try await run.evaluate(["--map-metrics"], out: "refused")
        } throws: {
            "\($0)".contains("expected --masks DIR")
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
