import Bytes
import Evaluation
import SelectiveTuning
import Testing

struct RecordTests {
    private func parse(_ text: String) throws -> [ImageRecord] {
        try Array(text.utf8).withUnsafeBytes { try ImageRecord.parseLines($0, source: "images.jsonl") }
    }

    private func failure(_ text: String) -> String? {
        do {
            _ = try parse(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func linesAreAsRecorded() throws {
        var records = SampleRun.run(12).records
        records[3] = .failed(id: "image-3", label: 3, error: "image-3.JPEG: the file ends in the middle")
        try expectSnapshot(records.map(\.jsonLine).joined(), "images.jsonl")
    }

    @Test func aRecordIsReadBackAsItWas() throws {
        var records = SampleRun.run(40).records
        records[3] = .failed(id: "image-3", label: 3, error: "broken \"marker\"\n")
        records[4].exact = .init(label: 17, box: Box(1, 2.5, 30, 40))
        #expect(try parse(records.map(\.jsonLine).joined()) == records)
        #expect(try parse("").isEmpty)
    }

    @Test func aScoreThatIsNoNumberIsNull() throws {
        var record = SampleRun.run(1).records[0]
        record.scores = [.nan, 1, 2, 3, 4]
        #expect(record.jsonLine.contains("\"scores\":[null,1.0,2.0,3.0,4.0]"))
        #expect(try parse(record.jsonLine)[0].scores[0].isNaN)
    }

    @Test func flagsAreInOneOrder() {
        let record = ImageRecord(
            id: "a", label: 0, top5: [], scores: [], box: Box(0, 0, 1, 1), boxOriginal: Box(0, 0, 1, 1), iou: 0,
            groundTruthIndex: nil, droppedMass: 0, flags: [.groundTruthOutside, .empty, .sizeMismatch, .empty])
        #expect(record.flags == [.empty, .sizeMismatch, .groundTruthOutside])
    }

    @Test func aFailureKeepsNoDirectory() {
        let path = "/data/my images/n01440764/x.JPEG"
        let here = ImageRecord.failed(id: "x", label: 0, error: "\(path): cannot open: No such file", path: path)
        #expect(here.error == "x.JPEG: cannot open: No such file")
        let elsewhere = ImageRecord.failed(
            id: "x", label: 0, error: "/scratch/x.JPEG: cannot open: No such file", path: "/scratch/x.JPEG")
        #expect(here == elsewhere)
    }

    @Test func anOverlapIsAShare() {
        var record = SampleRun.run(1).records[0]
        for (iou, text) in [(1e300, "1e+300"), (-0.5, "-0.5")] {
            record.iou = iou
            #expect(failure(record.jsonLine) == "images.jsonl, line 1: iou: expected 0 to 1, found \(text)")
        }
    }

    @Test func whatIsWrongInALineIsNamed() {
        let good = SampleRun.run(1).records[0].jsonLine
        #expect(failure(good + good.dropLast()) == "images.jsonl, line 2: the line is cut off")
        #expect(failure("{}\n") == "images.jsonl, line 1: flags: is missing")
        #expect(failure("{\n") == "images.jsonl, line 1:1:2: expected a member's name, found the end")
        let changes: [(String, String, String)] = [
            ("\"label\":0", "\"label\":\"0\"", "label: expected an integer, found a string"),
            ("\"ties\":0", "\"ties\":-1", "ties: expected 0 to 9223372036854775807, found -1"),
            ("\"ties\":0", "\"tie\":0", "ties: is missing"),
            (
                "\"flags\":[]", "\"flags\":[\"odd\"]",
                "flags: expected flags of empty, failed, resized, size-mismatch, gt-outside, found \"odd\""
            ),
            ("\"box\":[", "\"box\":[1,", "box: expected [x0, y0, x1, y1], found 5 numbers"),
            (
                "\"error\":null", "\"error\":null,\"time\":1",
                "time: is not known here (known: box, box_original, dropped_mass, error, exact, flags, gt_index, id, "
                    + "ineligible, iou, label, scores, ties, top5)"
            ),
        ]
        for (old, new, expected) in changes {
            #expect(good.contains(old))
            #expect(failure(good.replacing(old, with: new)) == "images.jsonl, line 1: \(expected)")
        }
    }
}
