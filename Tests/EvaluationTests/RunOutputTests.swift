import Bytes
import Evaluation
import Foundation
import SelectiveTuning
import Testing

struct RunOutputTests {
    private func inTemporaryDirectory(_ body: (String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "/run-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(directory)
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func aValidRunsFilesAreAsRecorded() throws {
        try inTemporaryDirectory { directory in
            let written = try RunOutput.write(SampleRun.run(), to: directory + "/results/one")
            #expect(written.certificate.isValid)
            let names = written.paths.map { URL(fileURLWithPath: $0).lastPathComponent }
            #expect(names == ["images.jsonl", "summary.json", "table.md", "certificate.json"])
            for path in written.paths.dropFirst() {
                try expectSnapshot(try text(path), "valid-" + URL(fileURLWithPath: path).lastPathComponent)
            }
            for width in [40, 80, 120, 200] {
                try expectSnapshot(written.table.plain(width: width), "valid-table-\(width).txt")
            }
            #expect(SHA256.hex(try text(written.paths[0])) == written.imagesSHA256)
        }
    }

    @Test func anIncompleteRunSaysINVALIDAndNoAccuracy() throws {
        try inTemporaryDirectory { directory in
            var run = SampleRun.run()
            run.records.removeLast(3)
            run.records[4] = .failed(id: "image-4", label: 4, error: "image-4.JPEG: the file ends in the middle")
            run.otherReasons = ["interrupted by the user"]
            let written = try RunOutput.write(run, to: directory)
            #expect(!written.certificate.isValid)
            for path in written.paths.dropFirst() {
                try expectSnapshot(try text(path), "invalid-" + URL(fileURLWithPath: path).lastPathComponent)
            }
            try expectSnapshot(written.table.plain(width: 80), "invalid-table.txt")
            let label = try #require(written.metrics.labelTop1.value) * 100
            #expect(!written.table.plain(width: 200).contains("\(label)".prefix(4)))
            let summary = try JSON.parse(try text(written.paths[1]), source: "summary.json")
            #expect(summary["metrics"] == nil)
            #expect(summary["valid"] == .bool(false))
        }
    }

    /// Without labels, and with what the maps alone say.
    @Test func aScoreOfMapsIsAsRecorded() throws {
        try inTemporaryDirectory { directory in
            var run = SampleRun.run()
            let thresholds = MapThresholds(count: 8)
            let profiler = try #require(MapProfiler(inputSize: 224, convention: .stnet))
            var tally = MapTally(thresholds: thresholds, convention: .stnet)
            for (place, image) in run.groundTruth.enumerated() {
                tally.add(Self.hill(place, profiler, image.boxes), truth: image.boxes)
            }
            let baseline = try #require(
                CentreMap.evaluate(run.groundTruth, inputSize: 224, thresholds: thresholds, convention: .stnet))
            run.network = "maps"
            run.title = "maps"
            run.hasLabels = false
            run.maps = MapReport(
                accuracy: MapAccuracy(tally), baseline: baseline, surplus: (0..<12).map { "stranger-\($0)" })
            let written = try RunOutput.write(run, to: directory)
            for path in written.paths[1...2] {
                try expectSnapshot(try text(path), "maps-" + URL(fileURLWithPath: path).lastPathComponent)
            }
            try expectSnapshot(written.table.plain(width: 80), "maps-table.txt")
        }
    }

    /// One blank map, and hills of 8 x 8 cells.
    private static func hill(_ place: Int, _ profiler: MapProfiler, _ truth: [Box]) -> MapProfile {
        let hill = (0..<64).map { -Float(abs($0 % 8 - place % 8) + abs($0 / 8 - 3)) }
        let side = place == 5 ? 1 : 8
        return profiler.profile(place == 5 ? [1] : hill, width: side, height: side, truth: truth)
    }

    /// A run that measures its maps, with thresholds of another one beside the best ones.
    @Test func aRunWithMapMetricsIsAsRecorded() throws {
        try inTemporaryDirectory { directory in
            let thresholds = MapThresholds(count: 8)
            let sample = SampleRun.run()
            let profiler = try #require(MapProfiler(inputSize: 224, convention: .stnet))
            let images = zip(sample.records, sample.groundTruth).enumerated().map { place, image in
                RunImage(
                    record: image.0, truth: image.1,
                    map: MapFinding(
                        profile: Self.hill(place, profiler, image.1.boxes), truth: image.1.boxes))
            }
            func content(_ images: [RunImage], _ given: GivenThresholds?) -> RunOutput.Content<MeasuredImages> {
                RunOutput.Content(
                    network: "alexnet",
                    images: MeasuredImages(expected: images.compactMap(\.record?.id), images: images),
                    convention: sample.convention,
                    protocolBlock: .object([("method", .string("stnet")), ("input_size", .int(224))]),
                    deliveries: Deliveries(attempts: images.count),
                    measuredMaps: MapMeasurement(inputSize: 224, thresholds: thresholds, given: given))
            }
            let other = try RunOutput.write(content(Array(images.prefix(20)), nil), to: directory + "/other")
            #expect(other.certificate.isValid, "\(other.certificate.reasons)")
            let given = try GivenThresholds(directory: directory + "/other", thresholds: thresholds, inputSize: 224)
            #expect(given.images == 20 && given.title == "alexnet")
            let written = try RunOutput.write(content(images, given), to: directory + "/run")
            let maps = try #require(written.maps)
            #expect(given.tau != maps.accuracy.maxBoxAcc.tau, "other images choose another threshold")
            try expectSnapshot(try text(directory + "/run/table.md"), "given-table.md")
            try expectSnapshot(written.table.plain(width: 120), "given-table.txt")
            let summary = try JSON.parse(try text(directory + "/run/summary.json"), source: "summary.json")
            let json = try #require(summary["metrics"]?["score_maps"])
            try expectSnapshot(try #require(json["given_thresholds"]).pretty + "\n", "given-summary.json")
            #expect(json["thresholds"]?.stringValue == "oracle" && json["surplus_maps"] == nil)
            #expect(written.certificate.json["map_metrics"]?.boolValue == true)
            // What is read back says the same.
            let back = try MapSummary(json, name: "alexnet", source: "summary.json", path: "metrics.score_maps")
            #expect(back == MapSummary(maps, name: "alexnet"))
            #expect(try Certificate(written.certificate.json, source: "c") == written.certificate)

            // What cannot be taken is refused by name.
            for (size, count, part) in [
                (64, 8, "protocol.input_size: is 224, but the maps here are of 64 pixels"),
                (224, 100, "has 8 thresholds, and the maps here are cut at 100: give --thresholds 8"),
            ] {
                #expect {
                    _ = try GivenThresholds(
                        directory: directory + "/other", thresholds: MapThresholds(count: count), inputSize: size)
                } throws: {
                    "\($0)".contains(part)
                }
            }
            var plain = sample
            plain.measuredMaps = nil
            _ = try RunOutput.write(plain, to: directory + "/plain")
            #expect {
                _ = try GivenThresholds(directory: directory + "/plain", thresholds: thresholds, inputSize: 224)
            } throws: {
                "\($0)".contains("plain/summary.json: metrics.score_maps: is missing")
            }
            var half = content(images, nil)
            half.otherReasons = ["the run was interrupted"]
            _ = try RunOutput.write(half, to: directory + "/half")
            #expect {
                _ = try GivenThresholds(directory: directory + "/half", thresholds: thresholds, inputSize: 224)
            } throws: {
                "\($0)".contains("half/certificate.json: the run is INVALID: the run was interrupted")
            }
        }
    }

    private struct MeasuredImages: RunImages {
        var expected: [String]
        var images: [RunImage]
        var hasFiles: Bool { false }
    }

    @Test func theRecordsCanBeReadBack() throws {
        try inTemporaryDirectory { directory in
            let run = SampleRun.run()
            let written = try RunOutput.write(run, to: directory)
            let file = try MappedFile(path: written.paths[0])
            #expect(try ImageRecord.parseLines(file.bytes, source: "images.jsonl") == run.records)
        }
    }

    @Test func manyRecordsGoOutInPortions() throws {
        try inTemporaryDirectory { directory in
            let run = SampleRun.run(3000)
            let written = try RunOutput.write(run, to: directory)
            let whole = try text(written.paths[0])
            #expect(whole.utf8.count > 1 << 19)
            #expect(whole == run.records.map(\.jsonLine).joined())
            #expect(try text(directory + "/certificate.json").contains(SHA256.hex(whole)))
        }
    }

    @Test func anOldCertificateDoesNotOutliveItsRecords() throws {
        try inTemporaryDirectory { directory in
            _ = try RunOutput.write(SampleRun.run(), to: directory)
            // A directory in the summary's place stops the second run between its records and its certificate.
            try FileManager.default.removeItem(atPath: directory + "/summary.json")
            try FileManager.default.createDirectory(
                atPath: directory + "/summary.json/full", withIntermediateDirectories: true)
            #expect(throws: FileError.self) { try RunOutput.write(SampleRun.run(7), to: directory) }
            #expect(!FileManager.default.fileExists(atPath: directory + "/certificate.json"))
        }
    }

    @Test func aDirectoryThatCannotBeMadeIsNamed() throws {
        try inTemporaryDirectory { directory in
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try AtomicFile.write(path: directory + "/file", text: "")
            let error = #expect(throws: FileError.self) {
                try RunOutput.write(SampleRun.run(), to: directory + "/file/results")
            }
            #expect(error?.description == "\(directory)/file/results: cannot make the directory: Not a directory")
        }
    }

    @Test func severalNetworksShareATable() throws {
        let valid = SampleRun.run()
        var rows: [AccuracyTable.Row] = []
        for (name, records) in [("alexnet", valid.records), ("a|b", Array(valid.records.dropLast()))] {
            let certificate = Certificate(
                expected: valid.expected, records: records, deliveries: valid.deliveries, imagesSHA256: "00")
            rows.append(
                .init(
                    network: name, metrics: Metrics(records: records, groundTruth: valid.groundTruth),
                    certificate: certificate))
        }
        let baselines = Baselines(valid.groundTruth, convention: .wsol)
        let table = AccuracyTable(rows: rows, baselines: baselines, convention: .wsol)
        try expectSnapshot(table.markdown, "two-networks-table.md")
        try expectSnapshot(AccuracyTable.plain(baselines, convention: .wsol, width: 80), "baselines-table.txt")
    }
}

/// Tables on terminals.
struct PlainTableTests {
    private func table(title: String) -> AccuracyTable {
        let run = SampleRun.run()
        let certificate = Certificate(
            expected: run.expected, records: run.records, deliveries: run.deliveries, imagesSHA256: "00")
        let metrics = Metrics(records: run.records, groundTruth: run.groundTruth)
        return AccuracyTable(
            rows: [.init(network: title, metrics: metrics, certificate: certificate)],
            baselines: Baselines(run.groundTruth, convention: .stnet), convention: .stnet)
    }

    /// Whatever a run is called: no line is broken by the terminal.
    @Test(arguments: [40, 60, 80, 100, 160, 240])
    func aTableFitsItsTerminal(_ width: Int) {
        for title in ["alexnet", "googlenet-caffe, preset sharp, mass 0.8, box-margin 7, 650 of 50,000 annotated"] {
            let lines = table(title: title).plain(width: width).split(separator: "\n")
            let long = lines.filter { $0.count > width }
            // A name has a line of its own in the narrowest ones.
            #expect(long.allSatisfy { $0 == title }, "\(long)")
        }
    }

    @Test func theResultStandsAtTheEndOnceMore() throws {
        let text = table(title: "alexnet, preset sharp").plain(width: 200)
        let last = try #require(text.split(separator: "\n").last)
        #expect(
            last.hasPrefix("VALID: alexnet, preset sharp, 40 images: Top-1 Loc .50 7.5 % (2.6-19.9), GT-known"),
            "\(last)")
    }
}
