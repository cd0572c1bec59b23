import Bytes
import Commands
import Dataset
import Foundation
import Options
import Testing

/// Boxes are scored in the frame that they were drawn in, also where no image is evaluated.
@Suite struct BoxFramesTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
    private let files: Folder

    private final class Folder {
        let path: String
        init(_ path: String) { self.path = path }
        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    /// Two images of 60 x 40 and 30 x 50 pixels, their boxes and the boxes of somebody who found them.
    init() throws {
        files = Folder(folder)
        for name in ["images", "sized", "shrunk"] {
            try FileManager.default.createDirectory(
                atPath: folder + "/" + name, withIntermediateDirectories: true)
        }
        for (id, width, height) in [("a", 60, 40), ("b", 30, 50)] {
            let gray = RGBImage(
                width: width, height: height, pixels: [UInt8](repeating: 90, count: width * height * 3))
            try Data(JPEGEncoder.encode(gray, quality: 80)).write(
                to: URL(fileURLWithPath: "\(folder)/images/\(id).JPEG"))
        }
        let boxes = "a,5,5,58,38\nb,0,10,29,49\n"
        for (name, sizes) in [("sized", "a,60,40\nb,30,50\n"), ("shrunk", "a,30,20\nb,15,25\n")] {
            for (file, text) in [
                ("image_ids.txt", "a\nb\n"), ("class_labels.txt", "a,0\nb,1\n"), ("image_sizes.txt", sizes),
                ("localization.txt", boxes),
            ] { try write("\(name)/\(file)", text) }
        }
        try write("boxes.csv", boxes)
        try write(
            "solution.csv",
            "ImageId,PredictionString\na,n01440764 5 5 58 38 \nb,n01443537 0 10 29 49 \n")
    }

    private func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/" + name))
    }

    private func score(_ options: [String]) throws -> (status: Options.ExitStatus, text: String) {
        let parsed = try ParsedOptions(
            arguments: ["--boxes", folder + "/boxes.csv", "--out", "\(folder)/\(UUID().uuidString)"] + options,
            specifications: ScoreCommand.help.options)
        var text = ""
        return (try ScoreCommand(parsed).run { text += $0 + "\n" }, text)
    }

    private func baseline(_ options: [String]) throws -> (status: Options.ExitStatus, text: String) {
        let parsed = try ParsedOptions(arguments: options, specifications: BaselineOptions.help.options)
        var (table, text) = ("", "")
        let status = try BaselineCommand(parsed).run(say: { table += $0 }, complain: { text += $0 + "\n" })
        #expect(!table.isEmpty)
        return (status, text)
    }

    @Test func theAnnotatedSizeIsTheFrame() throws {
        #expect(try score(["--annotations", folder + "/sized"]).status == .valid)
        let (status, text) = try baseline(["--annotations", folder + "/sized"])
        #expect(status == .valid && text.isEmpty, "\(text)")
    }

    /// Sizes of copies beside the boxes of the originals.
    @Test func boxesThatLeaveTheAnnotatedSizeAreNoResult() throws {
        let scored = try score(["--annotations", folder + "/shrunk"])
        #expect(scored.status == .invalid)
        #expect(scored.text.contains("INVALID: ") && scored.text.contains("2 of 2 images do not fit their annotations"))
        let (status, text) = try baseline(["--annotations", folder + "/shrunk"])
        #expect(status == .invalid && text.contains("2 of 2 images do not fit their annotations"), "\(text)")
    }

    @Test func withoutAnnotatedSizesThoseOfTheFilesAreUsed() throws {
        let annotations = ["--annotations", folder + "/solution.csv"]
        #expect(throws: DatasetError.self) { try score(annotations) }
        let scored = try score(annotations + ["--images", folder + "/images"])
        #expect(scored.status == .valid)
        #expect(scored.text.contains("2 images have no annotated size: that of their files is used."))
        let (status, text) = try baseline(annotations + ["--images", folder + "/images"])
        #expect(status == .valid && text.contains("2 images have no annotated size"), "\(text)")
    }

    /// The sizes are a part of what was asked: the annotations do not tell them.
    @Test func aFinishedScoreOfOtherSizesIsAnotherOne() throws {
        let options = ["--annotations", folder + "/solution.csv", "--images", folder + "/images"]
        func score() throws -> String {
            let parsed = try ParsedOptions(
                arguments: ["--boxes", folder + "/boxes.csv", "--out", folder + "/out"] + options,
                specifications: ScoreCommand.help.options)
            var text = ""
            _ = try ScoreCommand(parsed).run { text += $0 + "\n" }
            return text
        }
        _ = try score()
        #expect(try score().contains("is complete"))
        let larger = RGBImage(width: 300, height: 200, pixels: [UInt8](repeating: 1, count: 180_000))
        try Data(JPEGEncoder.encode(larger, quality: 80)).write(to: URL(fileURLWithPath: folder + "/images/a.JPEG"))
        #expect {
            try score()
        } throws: {
            "\($0)".contains("sizes of the image files")
        }
    }

    @Test func filesOfAnotherSizeAreSaid() throws {
        let other = RGBImage(width: 20, height: 20, pixels: [UInt8](repeating: 1, count: 1200))
        try Data(JPEGEncoder.encode(other, quality: 80)).write(to: URL(fileURLWithPath: folder + "/images/b.JPEG"))
        let scored = try score(["--annotations", folder + "/sized", "--images", folder + "/images"])
        #expect(scored.status == .valid)
        #expect(
            scored.text.contains("1 image files are of another size than annotated, the first is b"),
            "\(scored.text)")
        let solved = try score(["--annotations", folder + "/solution.csv", "--images", folder + "/images"])
        #expect(solved.status == .invalid && solved.text.contains("1 of 2 images do not fit"), "\(solved.text)")
    }
}
