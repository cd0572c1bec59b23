import Bytes
import Commands
import Foundation
import Options
import SmallRuns
import Testing

@Suite struct ScoreCommandTests {
    /// Two images of one class; the second has two boxes.
    private static let annotations = [
        "image_ids.txt": "a\nb\n", "class_labels.txt": "a,0\nb,1\n", "image_sizes.txt": "a,224,224\nb,448,224\n",
        "localization.txt": "a,0,0,99,99\nb,112,0,211,99\nb,300,100,330,130\n",
    ]

    private func score(_ boxes: String, _ options: [String] = []) throws -> (
        status: Options.ExitStatus, text: String, summary: JSON, images: String
    ) {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for (name, text) in Self.annotations.merging(["boxes.csv": boxes], uniquingKeysWith: { $1 }) {
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
        }
        let parsed = try ParsedOptions(
            arguments: ["--boxes", folder + "/boxes.csv", "--annotations", folder, "--out", folder + "/out"] + options,
            specifications: ScoreCommand.help.options)
        var text = ""
        let status = try ScoreCommand(parsed).run { text += $0 + "\n" }
        let summary = try WholeFile.read(path: folder + "/out/summary.json", limit: 1 << 20)
        let images = try WholeFile.read(path: folder + "/out/images.jsonl", limit: 1 << 20)
        return (
            status, text, try JSON.parse(summary, source: "summary"), String(decoding: images, as: UTF8.self)
        )
    }

    @Test func theBestBoxOfAnImageCountsUnderTheProtocol() throws {
        // b is cropped to columns 112 to 335: its first box is 0 ... 99 there, as a's is.
        let (status, text, summary, images) = try score(
            "id,x0,y0,x1,y1\nval/b.JPEG,0,0,9,9\nb,112,0,211,99\na,0,0,99,49\n")
        #expect(status == .valid)
        #expect(text.contains("boxes.csv") && text.contains("1 image has several boxes"))
        let known = try #require(summary["metrics"]?["gt_known"])
        #expect(known["0.50"]?["count"]?.intValue == 2)
        #expect(known["0.75"]?["count"]?.intValue == 1)
        #expect(summary["metrics"]?["label_top1"]?.isNull == true)
        let lines = images.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].contains(#""box":[0.0,0.0,99.0,49.0]"#) && lines[0].contains(#""iou":0.5,"#))
        #expect(lines[1].contains(#""box_original":[112.0,0.0,211.0,99.0]"#) && lines[1].contains(#""iou":1.0,"#))
    }

    @Test func anImageWithoutABoxMakesTheScoreInvalid() throws {
        let (status, text, summary, _) = try score("a,0,0,99,99\n")
        #expect(status == .invalid)
        #expect(text.contains("INVALID") && text.contains("1 of 2 images are missing, the first is b"))
        #expect(summary["metrics"] == nil)
    }

    @Test func boxesOfImagesThatAreNotToBeScoredAreLeftOut() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data("val/b.JPEG\n".utf8).write(to: URL(fileURLWithPath: folder + "/ids"))
        let boxes = "image_id,xmin,ymin,xmax,ymax\na,0,0,9,9\nb,112,0,211,99\na,0,0,99,99\n"
        let (status, text, summary, images) = try score(boxes, ["--ids", folder + "/ids"])
        #expect(status == .valid && images.split(separator: "\n").count == 1)
        #expect(summary["metrics"]?["gt_known"]?["0.75"]?["count"]?.intValue == 1)
        #expect(text.contains("2 boxes of 1 image that is not to be scored are left out."))
        #expect {
            _ = try score("a,0,0,9,9\n", ["--ids", folder + "/ids"])
        } throws: {
            "\($0)".contains("boxes: found boxes of images only that are not to be scored")
        }
    }

    @Test func boxesThatAreHardlyMeantAreNoted() throws {
        let (status, text, _, _) = try score("a,0.1,0.1,0.9,0.9\nb,500,0,600,99\n")
        #expect(status == .valid)
        #expect(text.unwrapped.contains("1 of 2 boxes of the file lie within 0...1: shares of the image's sides?"))
        #expect(
            text.unwrapped.contains(
                "1 of 2 boxes of the file lie wholly outside of their image, the first is 500.0, 0.0, 600.0, 99.0 of b, "
                    + "448x224"))
    }

    @Test(arguments: [
        ("c,0,0,1,1\n", ":1: image id: found \"c\", expected the id of an annotated image"),
        ("a,0,0,1\n", ":1: line"), ("a,0,0,one,1\n", ":1: x1: found \"one\", expected a number of pixels"),
        ("a,5,0,4,1\n", ":1: x1: found \"4\", expected x1 not left of x0"),
        ("a,0,0,1,1\nid,x0,y0,x1,y1\n", ":2: image id"),
    ])
    func whatIsWrongIsNamed(boxes: String, message: String) {
        #expect {
            _ = try score(boxes)
        } throws: { error in
            "\(error)".contains("boxes.csv") && "\(error)".contains(message)
        }
    }
}
