import Bytes
import Commands
import Foundation
import Options
import SmallRuns
import Testing

@Suite struct TableCommandTests {
    private func table(_ run: SmallRun, _ runs: [String], _ options: [String] = []) throws -> (
        Options.ExitStatus, String
    ) {
        let parsed = try ParsedOptions(
            arguments: runs.map(run.path) + options, specifications: TableCommand.help.options,
            operands: TableCommand.operands)
        var text = ""
        let status = try TableCommand(parsed).run { text += $0 }
        return (status, text)
    }

    @Test func runsHaveARowEachWithWhatTheirSummariesSay() async throws {
        let run = try SmallRun(pictures: 5)
        _ = try await run.evaluate(["--map-metrics"], out: "a")
        _ = try await run.evaluate(["--method", "gradient"], out: "b")
        let (status, text) = try table(run, ["a", "b/"])
        #expect(status == .valid)
        #expect(text.contains("| whole frame") && text.contains("| best square"))
        let summary = try JSON.parse(try run.read("a/summary.json"), source: "summary")
        let (_, json) = try table(run, ["a", "b"], ["--format", "json"])
        let rows = try JSON.parse(json, source: "table")["rows"]?.arrayValue ?? []
        #expect(rows.map { $0["method"]?.stringValue } == ["stnet", "gradient"])
        #expect(rows[0]["img_size"]?.intValue == 64 && rows[0]["images"]?.intValue == 5)
        let metrics = summary["metrics"]
        for (column, found) in [
            ("top1", metrics?["label_top1"]?["rate"]), ("gt_known_50", metrics?["gt_known"]?["0.50"]?["rate"]),
            ("top5_loc_50", metrics?["top5_localization"]?["0.50"]?["rate"]),
            ("max_box_acc_v2", metrics?["score_maps"]?["max_box_acc_v2"]?["value"]),
            ("pointing", metrics?["score_maps"]?["pointing_game"]?["rate"]),
        ] {
            #expect(
                found?.doubleValue != nil && rows[0][column]?.doubleValue == found?.doubleValue.map { 100 * $0 },
                "\(column)")
            #expect(rows[0]["\(column)_interval"]?.arrayValue?.count == 2, "\(column)")
        }
        #expect(rows[1]["max_box_acc"]?.isNull == true)
        // Beside the boxes' baselines that of the maps, of the first run that has any.
        let gaussian = try JSON.parse(json, source: "table")["baselines"]?.arrayValue?.last
        let expected = metrics?["score_maps"]?["baselines"]?.arrayValue?.first
        #expect(gaussian?["title"]?.stringValue == "centred Gaussian" && gaussian?["gt_known_50"]?.isNull == true)
        #expect(
            gaussian?["max_box_acc"]?.doubleValue == expected?["max_box_acc"]?["rate"]?.doubleValue.map { 100 * $0 })
        #expect(try table(run, ["b", "a"]).1.contains("| centred Gaussian"))
        #expect(try !table(run, ["b"]).1.contains("MaxBoxAcc"))
        let (_, csv) = try table(run, ["a"], ["--format", "csv"])
        #expect(csv.hasPrefix("run,model,method,preset,valid,"))
    }

    @Test func whatCannotBeComparedIsMarked() async throws {
        let run = try SmallRun(pictures: 4)
        _ = try await run.evaluate(out: "a")
        _ = try await run.evaluate(["--iou", "wsol", "--preprocess", "squash"], out: "b")
        _ = try await run.evaluate(["--limit", "3"], out: "c")
        try FileManager.default.removeItem(atPath: run.path("images/demo_00000002.JPEG"))
        _ = try await run.evaluate(out: "d")
        let (status, text) = try table(run, ["a", "b", "c", "d"])
        #expect(status == .invalid)
        #expect(
            text.contains("iou wsol, not stnet; preprocess squash, not stnet") && text.contains("other images or boxes")
        )
        #expect(text.contains("INVALID") && text.contains("3 of 4"))
        try FileManager.default.createDirectory(atPath: run.path("e"), withIntermediateDirectories: true)
        #expect { _ = try table(run, ["a", "e"]) } throws: { "\($0)".contains("e/certificate.json: no such file") }
        try run.write("a/images.jsonl", try run.read("a/images.jsonl") + " ")
        #expect { _ = try table(run, ["a"]) } throws: { "\($0)".contains("a/images.jsonl: its SHA-256 is") }
    }

    @Test func anEvaluationAddsItsRowToAFileOfResults() async throws {
        let run = try SmallRun(pictures: 3)
        let options = ["--results-file", run.path("all/runs.csv")]
        _ = try await run.evaluate(options, out: "a")
        _ = try await run.evaluate(options + ["--iou", "exact"], out: "b")
        _ = try await run.evaluate(options, out: "a", forces: false)
        let lines = try run.read("all/runs.csv").split(separator: "\n")
        #expect(lines.count == 3 && lines[1].hasPrefix(run.path("a") + ",small,stnet,reference,true,valid,true,"))
        #expect(
            lines[2].contains(",valid,false,under another protocol than the first row: \"iou")
                || lines[2].contains("iou exact, not stnet"))
        await #expect {
            _ = try await run.evaluate(["--results-file", run.path("net.json")], out: "c")
        } throws: {
            "\($0)".contains("is no earlier file of results")
        }
        #expect(!FileManager.default.fileExists(atPath: run.path("c")))
    }
}
