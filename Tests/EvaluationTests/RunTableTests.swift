import Bytes
import Foundation
import SelectiveTuning
import Testing

@testable import Evaluation

struct RunTableTests {
    private func row(
        _ run: String, title: String? = nil, iou: String = "stnet", images: String = "m", known: Double = 50
    ) -> RunRow {
        var row = RunRow(run: run, title: title ?? run, state: .valid, problem: "")
        row.problem = nil
        row.facts = [
            "model": "net", "method": "cam", "iou": iou, "preprocess": "stnet", "manifest_sha256": images,
            "class_source": "label", "images": "7", "img_size": "64",
        ]
        row.conditions = .init(images: images, iou: iou, preprocess: "stnet", classSource: "label")
        row.measures = ["gt_known_50": .init(value: known, low: known - 5, high: known + 5), "top1": .init(value: 75)]
        return row
    }

    @Test func aRowUnderAnotherProtocolHasAMark() {
        let other = row("b", iou: "wsol")
        var thresholds = (row("e"), row("f"))
        (thresholds.0.conditions!.mapThresholds, thresholds.1.conditions!.mapThresholds) = (100, 10)
        #expect(
            RunTable([row("a"), thresholds.0, thresholds.1]).rows.map(RunTable([thresholds.0]).isComparable) == [
                true, true, false,
            ])
        let failed = RunRow(run: "d", title: "d", state: .failed, problem: "no weights")
        let table = RunTable([failed, row("a"), other, row("c", images: "n")])
        #expect(table.rows.map(table.isComparable) == [false, true, false, false])
        let text = table.markdown
        #expect(text.contains("| b * ") && text.contains("| c * ") && text.contains("| a  "))
        #expect(text.contains("* b: under another protocol: iou wsol, not stnet"))
        #expect(text.contains("* c: under another protocol: other images or boxes"))
        #expect(text.contains("d: no weights"))
        #expect(RunTable.isMarkdown(Array(text.utf8)))
        #expect(!RunTable.isMarkdown(Array("| method | Top-1 |".utf8)))
        let long = RunTable([row("a", title: String(repeating: "long ", count: 100))])
        #expect(RunTable.isMarkdown(Array(long.markdown.utf8.prefix(100))))
        #expect(table.plain(width: 60).split(separator: "\n").allSatisfy { $0.count <= 60 })
    }

    @Test func rowsOfOneTitleAreToldApart() {
        let table = RunTable([row("results/a", title: "net"), row("results/b", title: "net")])
        #expect(table.rows.map(table.title) == ["net (a)", "net (b)"])
    }

    @Test func whatAllRowsShareOfTheImagesIsSaidOnce() {
        let part = "3 of 7 annotated"
        let shared = RunTable([row("a", title: "net, CAM, " + part), row("b", title: "net, " + part)])
        #expect(shared.rows.map(shared.title) == ["net, CAM", "net"])
        #expect(shared.markdown.contains("Images: 3 of 7 annotated."))
        let different = RunTable([row("a", title: "net, CAM, " + part), row("b", title: "net")])
        #expect(different.rows.map(different.title) == ["net, CAM, " + part, "net"])
        #expect(!different.markdown.contains("Images:"))
    }

    @Test func ofManyRunsTheBestAndTheWorstAreDrawn() {
        var images = RunsByImage()
        let names = (0..<8).map { "run\($0)" }
        // The fifth and the sixth are neither among the best three nor among the worst three.
        for (place, iou) in [0.9, 0.1, 0.8, 0.2, 0.5, 0.6, 0.7, 0.3].enumerated() {
            let isAdded = images.add(row(names[place]), report: nil, [record(place, iou)].map { sameImage($0) })
            #expect(isAdded)
        }
        let page = ComparisonPage(
            title: "t", table: RunTable(names.map { row($0) }), images: images, convention: .stnet,
            classes: ClassNames(names: ["c0"], words: ["cat"]), version: "test"
        ).html
        let boxes = (0..<8).map { place in
            page.contains("<rect class=\"\(ComparisonStyle.box(place).text)\"")
        }
        #expect(boxes == [true, true, true, true, false, false, true, true])
        #expect(page.contains("the 3 best and the 3 worst runs") && !page.contains(">.50</span> <bdi>run4"))
        #expect(page.contains(">.70</span> <bdi>run6"))
    }

    private func sameImage(_ record: ImageRecord) -> ImageRecord {
        var record = record
        record.id = "image"
        return record
    }

    @Test func fieldsComeBackFromTheFile() throws {
        let table = RunTable([row("a,\"x\"\n", title: "one, two")])
        // Another version's has other columns.
        #expect(RunTable.isCSV(Array(table.csv.replacing("piou", with: "other").utf8)))
        #expect(RunTable.isCSV(Array(table.csv.utf8)) && RunTable.isJSON(Array(table.json.pretty.utf8)))
        let lines = try CSVField.records(table.csv, source: "csv")
        #expect(lines.count == 2 && lines[0] == RunColumns.csv && lines[1].count == lines[0].count)
        let fields = Dictionary(uniqueKeysWithValues: zip(lines[0], lines[1]))
        #expect(fields["run"] == #"a,"x"\n"# && fields["title"] == "one, two" && fields["valid"] == "true")
        #expect(fields["gt_known_50"] == "50.000" && fields["gt_known_50_low"] == "45.000")
        #expect(fields["top1_err"] == "25.000" && fields["max_box_acc"] == "")
        #expect(throws: NewFile.Refusal.self) { try CSVField.records("a,\"b", source: "csv") }
    }

    @Test func aRunHasOneRowInAResultsFile() throws {
        let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/new/runs.csv"
        let file = ResultsFile(path: path)
        try file.record(row("a"))
        try file.record(row("b", iou: "wsol"))
        // A column and a value of somebody's own.
        var lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        lines = [lines[0] + ",mine", lines[1] + ",kept", lines[2] + ","]
        try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        try file.record(row("a", known: 60))
        let records = try CSVField.records(try String(contentsOfFile: path, encoding: .utf8), source: path)
        #expect(records.count == 3)
        let rows = records.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(records[0], $0)) }
        #expect(rows[0]["gt_known_50"] == "60.000" && rows[0]["mine"] == "kept" && rows[0]["comparable"] == "true")
        #expect(rows[1]["comparable"] == "false" && rows[1]["note"]?.contains("iou wsol, not stnet") == true)
        // As a spreadsheet leaves it: a mark, quotes, another order.
        let names = records[0].indices.reversed()
        let sheet = records.map { row in names.map { "\"\(row[$0])\"" }.joined(separator: ",") + "\r\n" }.joined()
        try ("\u{FEFF}" + sheet).write(toFile: path, atomically: true, encoding: .utf8)
        try file.record(row("c"))
        let again = try CSVField.records(try String(contentsOfFile: path, encoding: .utf8), source: path)
        #expect(again.count == 4 && again[0] == names.map { records[0][$0] })
        #expect(again[1].contains("kept") && again[3].contains("c"))
        // A table of runs is none, nor a file of results a table: neither takes the other's place.
        #expect(!RunTable.isCSV(Array(try String(contentsOfFile: path, encoding: .utf8).utf8)))
        try RunTable([row("a")]).csv.write(toFile: path, atomically: true, encoding: .utf8)
        #expect {
            try file.check(run: folder)
        } throws: {
            "\($0)".contains("is no earlier file of results") && "\($0)".contains("version, with commas")
        }
        #expect { try file.check(run: folder + "/new") } throws: { "\($0)".contains("among the run's own files") }
        // Through a link the file itself is written; one that leads nowhere is refused.
        try FileManager.default.removeItem(atPath: path)
        let link = folder + "/link.csv"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
        #expect { try ResultsFile(path: link).record(row("a")) } throws: { "\($0)".contains("leads nowhere") }
        try file.record(row("a"))
        try ResultsFile(path: link).record(row("b"))
        #expect(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count == 3)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == path)
    }

    private func record(_ id: Int, _ iou: Double, label: Int = 0) -> ImageRecord {
        ImageRecord(
            id: "image \(id)<&", label: label, top5: [0], scores: [1], box: Box(1, 2, Float(10 + id), 30),
            boxOriginal: Box(0, 0, 1, 1), iou: iou, groundTruthIndex: 0, droppedMass: 0)
    }

    @Test func thePageShowsWhereTheRunsDisagree() throws {
        var images = RunsByImage()
        let names = ["one", "two", "\"'><img src=x onerror=alert(1)>"]
        let ious = [[0.9, 0.5, 0.1], [0.9, 0.6, 0.8], [0.9, 0.5, 0.2]]
        for (name, ious) in zip(names, ious) {
            let records = ious.enumerated().map { record($0.offset, $0.element, label: $0.offset % 2) }
            let isAdded = images.add(row(name), report: name == "one" ? "one/report.html" : nil, records)
            #expect(isAdded)
        }
        let isAdded = images.add(row("other"), report: nil, [record(0, 1)])
        #expect(!isAdded)
        #expect(images.mostDisputed(9) == [2, 1])
        #expect(images.shownIDs == ["image 2<&", "image 1<&"])
        let broken = RunRow(run: "broken", title: "broken", state: .failed, problem: "no <weights>")
        let truth = (0..<3).map { GroundTruth(id: "\($0)", label: 0, boxes: [Box(0, 0, 50, 50)], inputSize: 64) }
        let page = ComparisonPage(
            title: "all & more", table: RunTable(names.map { row($0) } + [broken]), images: images, convention: .stnet,
            classes: ClassNames(names: ["c0", "c1"], words: ["cat", "dog"]), truth: truth, version: "test"
        ).html
        #expect(ComparisonPage.isPage(Array(page.utf8)) && !Report.isReport(Array(page.utf8)))
        #expect(Page(page).problem == nil)
        #expect(page.contains("3 of 4 runs have a valid result") && page.contains("no &lt;weights&gt;"))
        #expect(page.contains("<a href=\"one/report.html\">") && !page.contains("<img src=x"))
        #expect(page.components(separatedBy: "class=\"line s1 d1\" d=\"M46").count == 2, "one curve of the second run")
    }
}
