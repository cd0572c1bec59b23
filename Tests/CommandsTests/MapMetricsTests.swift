import Bytes
import Commands
import Coordinator
import Dataset
import Evaluation
import Foundation
import Options
import SmallRuns
import Testing

/// A run that measures its maps says what `score --maps` says of the maps that it keeps, to the bit.
@Suite struct MapMetricsTests {
    private let run: SmallRun

    init() throws {
        run = try SmallRun(pictures: 9, description: SmallRun.pooledDescription)
        try run.write("classes.txt", DemoPictures.classNames.joined(separator: "\n") + "\n")
    }

    private func maps(_ out: String) throws -> JSON {
        let summary = try JSON.parse(try run.read(out + "/summary.json"), source: out)
        return try #require(summary["metrics"]?["score_maps"])
    }

    /// Without what only a folder of maps has.
    private func withoutSurplus(_ maps: JSON) -> [String: JSON] {
        Dictionary(uniqueKeysWithValues: (maps.objectValue ?? []).filter { $0.0 != "surplus_maps" })
    }

    private func score(_ folder: String, _ options: [String], out: String) throws -> (Options.ExitStatus, String) {
        let parsed = try ParsedOptions(
            arguments: [
                "--maps", run.path(folder), "--annotations", run.path("annotations"), "--classes",
                run.path("classes.txt"), "--input-size", "64", "--out", run.path(out), "--force",
            ] + options, specifications: ScoreCommand.help.options)
        var text = ""
        return (try ScoreCommand(parsed).run { text += $0 + "\n" }, text)
    }

    @Test(arguments: [
        ["--method", "stnet"], ["--method", "cam"],
        ["--iou", "wsol", "--preprocess", "squash", "--thresholds", "1000"],
        ["--iou", "exact", "--map-bottom", "image", "--save-maps-as", "raw"],
    ])
    func theyAreThoseOfTheMapsThatAreKept(options: [String]) async throws {
        let plain = options.filter {
            !["--thresholds", "1000"].contains($0) && !$0.hasPrefix("--save-maps-as") && $0 != "raw"
        }
        _ = try await run.evaluate(plain.filter { $0 != "--map-bottom" && $0 != "image" }, out: "plain")
        let kept = ["--map-metrics", "--save-maps", run.path("maps")]
        let (status, text) = try await run.evaluate(options + kept, out: "run")
        #expect(status == .valid, "\(text)")
        #expect(text.contains("MaxBoxAccV2") && text.contains("centred Gaussian"))
        #expect(try run.read("plain/images.jsonl") == run.read("run/images.jsonl"))
        let ofRun = try maps("run")
        #expect(ofRun["surplus_maps"] == nil && ofRun["max_box_acc"]?["of"]?.intValue == 9)
        let scoring = options.indices.filter { ["--iou", "--preprocess", "--thresholds"].contains(options[$0]) }.flatMap
        {
            [options[$0], options[$0 + 1]]
        }
        #expect(try score("maps", scoring, out: "score").0 == .valid)
        #expect(try withoutSurplus(ofRun) == withoutSurplus(maps("score")))
        let unkept = options.filter { $0 != "--save-maps-as" && $0 != "raw" }
        // In smaller parts and on more threads, the same.
        _ = try await run.evaluate(unkept + ["--map-metrics", "--threads", "3", "--batch", "2"], out: "other")
        #expect(try maps("other") == ofRun)
        let certificate = try JSON.parse(try run.read("run/certificate.json"), source: "certificate")
        #expect(certificate["map_metrics"]?.boolValue == true)
        let page = try run.read("run/report.html")
        #expect(page.contains("<a href=\"#maps\">Score maps</a>") && !page.contains("&lt;a"))
        #expect(page.contains("<h2>Score maps</h2>") && page.contains("own boxes, which its box rule draws"))
        let parsed = try ParsedOptions(
            arguments: [run.path("run")], specifications: ReportCommand.help.options, operands: ReportCommand.operands)
        #expect(try ReportCommand(parsed).run { _ in } == .valid)
        #expect(try run.read("run/report.html") == page)
    }

    @Test func aRunWithThemIsNotGoneOnWithWithoutThem() async throws {
        let id = "demo_00000003"
        let whole = try Data(contentsOf: URL(fileURLWithPath: run.path("images/\(id).JPEG")))
        try run.write("images/\(id).JPEG", "no picture")
        #expect(try await run.evaluate(["--map-metrics"]).status == .invalid)
        try whole.write(to: URL(fileURLWithPath: run.path("images/\(id).JPEG")))
        await #expect {
            _ = try await run.evaluate(["--resume"])
        } throws: {
            "\($0)".contains("map-metrics: true, now nothing")
        }
        let (status, text) = try await run.evaluate(["--map-metrics", "--resume"])
        #expect(status == .valid && text.contains("8 images have a result in the journal"), "\(text)")
        _ = try await run.evaluate(["--map-metrics"], out: "anew")
        #expect(try maps("out") == maps("anew"))
        // Complete as it is; other thresholds are another result.
        #expect(try await run.evaluate(["--map-metrics"], forces: false).text.contains("is complete"))
        await #expect {
            _ = try await run.evaluate(["--map-metrics", "--thresholds", "50"], forces: false)
        } throws: {
            "\($0)".contains("thresholds: 100, now 50")
        }
    }

    @Test func thresholdsOfAnotherRunStandBesideTheOracles() async throws {
        try run.write("half.txt", "demo_00000001\ndemo_00000002\ndemo_00000003\ndemo_00000004\n")
        _ = try await run.evaluate(["--map-metrics", "--ids", run.path("half.txt")], out: "half")
        let given = ["--threshold-from", run.path("half")]
        let (status, text) = try await run.evaluate(
            ["--map-metrics", "--save-maps", run.path("maps")] + given, out: "run")
        #expect(status == .valid && text.contains(", oracle") && text.unwrapped.contains("thresholds of small, 4 of 9"))
        let (half, ofRun) = (try maps("half"), try maps("run"))
        let tau = half["max_box_acc"]?["threshold"]
        #expect(ofRun["given_thresholds"]?["max_box_acc"]?["threshold"] == tau)
        #expect(ofRun["given_thresholds"]?["from"]?["images"]?.intValue == 4)
        #expect(try run.read("run/report.html").contains("thresholds of small, 4 of 9 annotated"))
        #expect(try score("maps", given, out: "score").0 == .valid)
        #expect(try withoutSurplus(ofRun) == withoutSurplus(maps("score")))
        let summary = try JSON.parse(try run.read("score/summary.json"), source: "summary")
        #expect(summary["protocol"]?["box_threshold"] == tau)
        for (options, part) in [
            (["--thresholds", "50"], "has 100 thresholds, and the maps here are cut at 50: give --thresholds 100"),
            (["--threshold-from", run.path("images")], "certificate.json: no such file, expected the --out of a run"),
            (["--threshold-from", run.path("nowhere")], "--threshold-from"),
        ] {
            let all = ["--map-metrics"] + (options[0] == "--thresholds" ? given : []) + options
            await #expect {
                _ = try await run.evaluate(all, out: "refused")
            } throws: {
                "\($0)".contains(part)
            }
        }
        _ = try await run.evaluate(out: "plain")
        await #expect {
            _ = try await run.evaluate(["--map-metrics", "--threshold-from", run.path("plain")], out: "refused")
        } throws: {
            "\($0)".contains("plain/summary.json: metrics.score_maps: is missing, expected a run with --map-metrics")
        }
        await #expect {
            _ = try await run.evaluate(given, out: "refused")
        } throws: {
            "\($0)".contains("--threshold-from has no effect here: it is for --map-metrics")
        }
    }

    /// The annotations as the benchmark's text files, which call images by path; gives these names.
    private func benchmarksLists() throws -> [String] {
        let annotations = try Annotations.load(
            path: run.path("annotations"), classes: ClassIndex(names: DemoPictures.classNames))
        var lists = ["image_ids": "", "class_labels": "", "image_sizes": "", "localization": ""]
        var names: [String] = []
        for image in annotations {
            let name = "val/\(image.label)/\(image.id).JPEG"
            names.append(name)
            lists["image_ids"]! += "\(name)\n"
            lists["class_labels"]! += "\(name),\(image.label)\n"
            lists["image_sizes"]! += "\(name),\(image.declaredWidth ?? 0),\(image.declaredHeight ?? 0)\n"
            for box in image.boxes {
                let sides = [box.x0, box.y0, box.x1, box.y1].map { String(Int($0)) }
                lists["localization"]! += "\(name),\(sides.joined(separator: ","))\n"
            }
        }
        try FileManager.default.removeItem(atPath: run.path("annotations"))
        try FileManager.default.createDirectory(
            atPath: run.path("annotations"), withIntermediateDirectories: true)
        for (list, text) in lists { try run.write("annotations/\(list).txt", text) }
        return names
    }

    /// What the WSOL benchmark looks at before it takes a score map, written anew: a NumPy array of two dimensions, of Python's
    /// float type, with the input's size, no value below 0 or above 1, as `<image id>.npy`; its own documents ask that both ends
    /// are reached.
    @Test func keptMapsPassTheBenchmarksChecks() async throws {
        let names = try benchmarksLists()
        let (status, text) = try await run.evaluate(["--save-maps", run.path("maps"), "--map-metrics"], out: "run")
        #expect(status == .valid, "\(text)")
        #expect(try score("maps", [], out: "score").0 == .valid)
        #expect(try withoutSurplus(maps("run")) == withoutSurplus(maps("score")))
        var reached = 0
        for name in names {
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: run.path("maps/\(name).npy"))))
            #expect(bytes.starts(with: [0x93] + Array("NUMPY".utf8) + [1, 0]))
            let length = Int(bytes[8]) + Int(bytes[9]) << 8
            let header = String(decoding: bytes[10..<10 + length], as: UTF8.self)
            #expect(header.contains("'descr': '<f8'") && header.contains("'fortran_order': False"))
            #expect(header.contains("'shape': (64, 64)"))
            let values = bytes[(10 + length)...]
            #expect(values.count == 64 * 64 * 8)
            let numbers = stride(from: values.startIndex, to: values.endIndex, by: 8).map { place in
                Double(bitPattern: (0..<8).reduce(UInt64(0)) { $0 | UInt64(values[place + $1]) << UInt64(8 * $1) })
            }
            #expect(!numbers.contains { $0 < 0 || $0 > 1 || $0.isNaN })
            // Of a map without content nothing can be brought to both ends.
            #expect(numbers.min() == 0 && (numbers.max() == 1 || numbers.allSatisfy { $0 == 0 }))
            if numbers.max() == 1 { reached += 1 }
        }
        #expect(reached > 4)
    }
}
