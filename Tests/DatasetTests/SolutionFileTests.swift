import Dataset
import Foundation
import SelectiveTuning
import Testing

@Suite struct SolutionFileTests {
    private func load(_ text: String) throws -> [Annotation] {
        let folder = try TemporaryFolder()
        try folder.write("LOC_val_solution.csv", text)
        return Array(try Annotations.load(path: folder.path + "/LOC_val_solution.csv", classes: .ilsvrc2012))
    }

    @Test func readsOneLineAnImageInOrderOfIds() throws {
        let text = """
            ImageId,PredictionString
            b,n01440764 1 2 3 4 n01440764 5 6 7 8\u{20}
            a.JPEG,n15075141 0 0 499 374

            """
        let expected = [
            Annotation(id: "a", label: 999, boxes: [Box(0, 0, 499, 374)]),
            Annotation(id: "b", label: 0, boxes: [Box(1, 2, 3, 4), Box(5, 6, 7, 8)]),
        ]
        #expect(try load(text) == expected)
        #expect(try load(text.replacing("\n", with: "\r\n")) == expected)
        #expect(try load(text.replacing("ImageId,PredictionString", with: "image,objects")) == expected)
        #expect(try load("\u{FEFF}" + text) == expected)
        // Saved again with an index, quotes and a size.
        let lines = text.split(separator: "\n").dropFirst().enumerated().map { index, line in
            "\(index),\"" + line.split(separator: ",").joined(separator: " \",\"") + "\",500"
        }
        #expect(try load(([",ImageId,\"PredictionString\",width"] + lines).joined(separator: "\n")) == expected)
        #expect(try load(text.replacing(",", with: ";")) == expected)
        #expect(try load(text.replacing(",", with: "\t")) == expected)
        // Without its heading, as a part cut out of it has it.
        #expect(try load(String(text.split(separator: "\n", maxSplits: 1)[1])) == expected)
    }

    @Test(arguments: [
        (
            "a,n01440764 1 2 3",
            ":1: PredictionString: found \"n01440764 1 2 3\", expected one or more objects of five words"
        ),
        ("a,", ":1: PredictionString: found \"\", expected one or more objects"),
        ("a,n00000000 1 2 3 4", ":1: class: found \"n00000000\", expected one of the 1000 classes"),
        (
            "a,n01440764 1 2 3 4 n01443537 1 2 3 4",
            ":1: class: found \"n01443537\", expected one class an image, n01440764 as before"
        ),
        ("a,n01440764 1 2 x 4", ":1: box: found \"x\", expected a number of pixels"),
        ("a,n01440764 1 2 0 4", ":1: box: found \"1 2 0 4\", expected x0 <= x1 and y0 <= y1"),
        (
            "a,n01440764 1 2 3 4\nb,n01440764 1 2 3 4\na,n01440764 1 2 3 4",
            ":3: image id: found \"a\", which line 1 has, expected each image id once"
        ),
        ("a,n01440764 1 2 3 4,b", ":1: line: found \"a,n01440764 1 2 3 4,b\", expected ImageId,PredictionString"),
        (",n01440764 1 2 3 4", ":1: ImageId: found \"\", expected an image id"),
        ("ImageId,PredictionString\n", "lines: found no image"),
    ])
    func whatIsWrongIsNamed(text: String, message: String) throws {
        #expect {
            _ = try load(text)
        } throws: { error in
            "\(error)".contains("LOC_val_solution.csv") && "\(error)".contains(message)
        }
    }

    /// The whole file and the WSOL benchmark's say the same of all 50,000.
    @Test func theRealFileIsTheBenchmarks() throws {
        guard let folder = TestFiles.real("ilsvrc2012-val")?.path else { return }
        let solution = try Annotations.load(path: folder + "/LOC_val_solution.csv", classes: .ilsvrc2012)
        let benchmark = try Annotations.load(path: folder, classes: .ilsvrc2012)
        #expect(solution.count == 50_000)
        var boxes = 0
        for (one, other) in zip(solution, benchmark) {
            boxes += one.boxes.count
            guard one.id == other.id, one.label == other.label, one.boxes == other.boxes else {
                Issue.record("\(one) and \(other)")
                return
            }
        }
        #expect(boxes == 80_477)
    }
}
