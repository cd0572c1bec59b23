import Bytes
import Commands
import Foundation
import Options
import SmallRuns
import Testing

@Suite final class ScoreMapsCommandTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString

    init() throws {
        // Three images; the boxes are whole pixels of an input of 32.
        let annotations = [
            "image_ids.txt": "a\nb\nc\n", "class_labels.txt": "a,0\nb,1\nc,1\n",
            "image_sizes.txt": "a,64,64\nb,64,64\nc,64,64\n",
            "localization.txt": "a,0,0,31,31\nb,32,16,62,62\nc,4,4,60,20\n",
        ]
        for (name, text) in annotations { try write("annotations/" + name, Array(text.utf8)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func write(_ name: String, _ bytes: [UInt8]) throws {
        let path = folder + "/" + name
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    /// The report that is made from the files that were left is the one that was made from the maps.
    private func expectSameReport(out: String = "out") throws {
        let path = folder + "/" + out
        let page = try WholeFile.read(path: path + "/report.html", limit: 5_000_000)
        #expect(String(decoding: page, as: UTF8.self).contains("<h2>Score maps</h2>"))
        let parsed = try ParsedOptions(
            arguments: [path], specifications: ReportCommand.help.options, operands: ReportCommand.operands)
        #expect(try ReportCommand(parsed).run { _ in } == .valid)
        #expect(try WholeFile.read(path: path + "/report.html", limit: 5_000_000) == page)
    }

    /// A map of 32 x 32 that is 1 in the columns and rows given and 0 elsewhere.
    private func map(_ name: String, _ columns: ClosedRange<Int>, _ rows: ClosedRange<Int>, value: Float = 1) throws {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (32, 32), }\n"
        var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        for y in 0..<32 {
            for x in 0..<32 {
                let bits = (columns.contains(x) && rows.contains(y) ? value : 0).bitPattern
                bytes += (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
            }
        }
        try write(name, bytes)
    }

    private func goodMaps() throws {
        try map("maps/a.npy", 0...14, 0...14)
        try map("maps/val/b.JPEG.npy", 16...30, 8...30)
        try map("maps/c.npy", 20...30, 20...30)
    }

    private func score(_ options: [String] = [], out: String = "out") throws -> (
        status: Options.ExitStatus, text: String, summary: JSON
    ) {
        let parsed = try ParsedOptions(
            arguments: [
                "--maps", folder + "/maps", "--annotations", folder + "/annotations", "--out", folder + "/" + out,
                "--input-size", "32", "--iou", "wsol", "--force",
            ] + options, specifications: ScoreCommand.help.options)
        var text = ""
        let status = try ScoreCommand(parsed).run { text += $0 + "\n" }
        let summary = try read(out + "/summary.json")
        return (status, text, try JSON.parse(summary, source: "summary"))
    }

    private func read(_ name: String) throws -> [UInt8] {
        try WholeFile.read(path: folder + "/" + name, limit: 1 << 20)
    }

    @Test func withoutOneMapThereIsNoScore() throws {
        try map("maps/x/other.npy", 0...3, 0...3)
        #expect {
            _ = try score()
        } throws: {
            "\($0)"
                == "\(folder)/maps: maps: found 1 maps of no annotated image, the first is other, expected files id.npy, "
                + "such as a.npy"
        }
        #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
    }

    @Test func mapsAreScoredBesideTheBaseline() throws {
        try goodMaps()
        let (status, text, summary) = try score()
        #expect(status == .valid)
        try expectSameReport()
        let maps = try #require(summary["metrics"]?["score_maps"])
        #expect(maps["max_box_acc"]?["count"]?.intValue == 2 && maps["max_box_acc"]?["threshold"]?.doubleValue == 0)
        // One of three maxima lies nowhere near: c's at (20, 20), 10 below its box, is near.
        #expect(maps["pointing_game"]?["count"]?.intValue == 3)
        #expect(maps["max_box_acc_v2"]?["at"]?["0.70"]?["count"]?.intValue == 2)
        #expect(try abs(#require(maps["max_box_acc_v2"]?["value"]?.doubleValue) - 2.0 / 3) < 1e-12)
        #expect(maps["curve"]?["rows"]?.arrayValue?.count == 100)
        #expect(maps["baselines"]?.arrayValue?.first?["name"]?.stringValue == "centred Gaussian")
        #expect(summary["metrics"]?["gt_known"]?["0.50"]?["count"]?.intValue == 2)
        #expect(summary["protocol"]?["method"]?.stringValue == "score-maps")
        #expect(text.contains("MaxBoxAccV2") && text.contains("centred Gaussian") && text.contains("whole frame"))
        let lines = String(decoding: try read("out/images.jsonl"), as: UTF8.self).split(separator: "\n")
        // The far corner is one pixel behind the map's, in the original twice that.
        #expect(lines[0].contains(#""box":[0.0,0.0,15.0,15.0],"box_original":[0.0,0.0,30.0,30.0]"#))
    }

    @Test func threadsDoNotChangeAnything() throws {
        try goodMaps()
        _ = try score(["--threads", "1"], out: "one")
        _ = try score(["--threads", "3"], out: "three")
        for name in ["images.jsonl", "summary.json", "table.md", "certificate.json"] {
            #expect(try read("one/" + name) == read("three/" + name), "\(name)")
        }
    }

    @Test func whatIsMissingSurplusBlankOrBrokenIsNamed() throws {
        try goodMaps()
        try map("maps/stranger.npy", 0...3, 0...3)
        try map("maps/a.npy", 0...3, 0...3, value: .nan)
        let all = try score()
        #expect(all.status == .valid)
        #expect(all.text.unwrapped.contains("1 map has no annotation and takes no part: stranger"))
        #expect(all.text.unwrapped.contains("not finite, its box is (0, 0, 0, 0): a"))
        #expect(all.summary["metrics"]?["score_maps"]?["surplus_maps"]?["count"]?.intValue == 1)
        #expect(all.summary["metrics"]?["score_maps"]?["blank_maps"]?.intValue == 1)
        #expect(all.summary["counts"]?["empty"]?.intValue == 1)

        try write("ids.txt", Array("b\n".utf8))
        let one = try score(["--ids", folder + "/ids.txt"])
        #expect(one.status == .valid && one.text.unwrapped.contains("takes no part: stranger "))

        try write("maps/c.npy", Array("PK".utf8))
        let broken = try score()
        #expect(broken.status == .invalid && broken.summary["metrics"] == nil)
        #expect(broken.text.contains("failed: ") && broken.text.unwrapped.contains("maps/c.npy: magic: found"))
        let lines = String(decoding: try read("out/images.jsonl"), as: UTF8.self)
        #expect(lines.contains(#""error":"c.npy: magic"#))

        try FileManager.default.removeItem(atPath: folder + "/maps/c.npy")
        let missing = try score()
        #expect(missing.status == .invalid && missing.text.unwrapped.contains("1 image has no map: c"))
        #expect(missing.text.unwrapped.contains("1 of 3 images are missing, the first is c"))
    }

    @Test func twoScoresAreCompared() throws {
        try goodMaps()
        _ = try score(out: "first")
        try map("maps/c.npy", 2...29, 2...9)
        _ = try score(out: "second")
        let parsed = try ParsedOptions(
            arguments: [folder + "/first", folder + "/second"], specifications: CompareCommand.help.options,
            operands: CompareCommand.operands)
        var text = ""
        #expect(try CompareCommand(parsed).run { text += $0 } == .valid)
        #expect(text.contains("IoU >= 0.50") && text.contains("1 images changed (--list FILE.csv has them): c"))
        // Boxes say nothing about labels, so that no label is right in both would be no finding.
        #expect(
            !text.contains("\nlabel") && text.contains("3 tests stand here") && text.contains("Labels are not compared")
        )
    }

    @Test func whatCannotBeAskedIsRefused() throws {
        try goodMaps()
        for (options, message) in [
            (["--boxes", "x.csv"], "--boxes and --maps exclude each other"), (["--thresholds", "0"], "thresholds"),
            (["--threads", "0"], "threads"),
        ] {
            #expect {
                _ = try score(options)
            } throws: {
                "\($0)".contains(message)
            }
        }
        try FileManager.default.removeItem(atPath: folder + "/maps")
        try write("maps/readme.txt", [])
        #expect {
            _ = try score()
        } throws: {
            "\($0)".contains("/maps: maps: found none, but 1 file of the extension .txt, expected files id.npy")
        }
        let none = try ParsedOptions(arguments: [], specifications: ScoreCommand.help.options)
        #expect {
            _ = try ScoreCommand(none).run()
        } throws: {
            "\($0)".contains("--boxes FILE.csv or --maps DIR is needed")
        }
    }
}
