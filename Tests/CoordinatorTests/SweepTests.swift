import Bytes
import Evaluation
import Foundation
import Options
import SmallRuns
import Testing

@testable import Coordinator

@Suite struct SweepTests {
    private final class Text: @unchecked Sendable {
        private let lock = NSLock()
        private var lines: [String] = []
        func append(_ line: String) { lock.withLock { lines.append(line) } }
        var all: String { lock.withLock { lines.joined(separator: "\n") } }
    }

    private func sweep(
        _ run: SmallRun, _ jobs: String, _ options: [String] = [], configured: (json: JSON, path: String)? = nil
    ) async throws -> (status: Options.ExitStatus, text: String) {
        try run.write("jobs.json", jobs)
        let parsed = try ParsedOptions(
            arguments: [
                run.path("jobs.json"), "--images", run.path("images"), "--annotations", run.path("annotations"),
                "--out",
                run.path("sweep"),
            ] + options, specifications: SweepOptions.help.options, operands: SweepOptions.operands)
        let text = Text()
        let command = SweepCommand(
            parsed, configured: configured,
            printer: ProgressPrinter(style: .plain, patienceSeconds: 60) { text.append($0) }
        ) { text.append($0) }
        return (try await command.run(), text.all)
    }

    private func network(_ run: SmallRun) -> String {
        #""network": "\#(run.path("net.json"))", "weights": "\#(run.path("w.safetensors"))""#
    }

    @Test func everyRunHasTheBytesOfASingleOne() async throws {
        let run = try SmallRun()
        let jobs = """
            {"common": {\(network(run)), "map-metrics": true},
             "jobs": [{"name": "ours", "preset": ["reference", "sharp"]}, {"method": "gradient", "iou": "wsol"}]}
            """
        let (status, text) = try await sweep(run, jobs, ["--threads", "2"])
        #expect(status == .valid, "\(text)")
        for (name, options) in [
            ("ours-reference", []), ("ours-sharp", ["--preset", "sharp"]),
            ("gradient-iou-wsol", ["--method", "gradient", "--iou", "wsol"]),
        ] {
            _ = try await run.evaluate(["--map-metrics"] + options, out: "single")
            for file in ["images.jsonl", "table.md"] {
                #expect(try run.read("sweep/\(name)/\(file)") == run.read("single/\(file)"), "\(name) \(file)")
            }
            #expect(FileManager.default.fileExists(atPath: run.path("sweep/\(name)/report.html")))
        }
        #expect(text.contains("job 2 of 3, ours-sharp"))
        let table = try run.read("sweep/table.md")
        #expect(text.contains(table) && table.contains("iou wsol, not stnet") && table.contains("MaxBoxAccV2"))
        // Three runs, three baselines and the names of the columns.
        #expect(try run.read("sweep/table.csv").split(separator: "\n").count == 7)
        let page = try run.read("sweep/index.html")
        #expect(page.contains("href=\"ours-sharp/report.html\"") && page.contains("data:image/jpeg;base64,"))
        // Nothing is evaluated twice.
        let (again, said) = try await sweep(run, jobs, ["--resume", "--threads", "1"])
        #expect(again == .valid && said.contains("ours-sharp: complete already: VALID: small, preset sharp, 7 images"))
        #expect(try !said.contains("job 2 of 3") && page == run.read("sweep/index.html"))
    }

    @Test func aFailedJobDoesNotLoseTheOthers() async throws {
        let run = try SmallRun(pictures: 3)
        // A folder that cannot be one job's, found only when it ends.
        let jobs = """
            {"common": {\(network(run))}, "jobs": [{"name": "a"}, {"name": "b", "iou": "wsol"}, {"name": "c", "batch": 1}]}
            """
        try FileManager.default.removeItem(atPath: run.path("images/demo_00000002.JPEG"))
        let (status, text) = try await sweep(run, jobs)
        #expect(
            status == .invalid && text.contains("to go on: the same command with --resume --out \(run.path("sweep"))"))
        #expect(!text.contains("--out \(run.path("sweep"))/"), "a job's folder takes no sweep")
        let table = try run.read("sweep/table.md")
        #expect(table.components(separatedBy: "INVALID").count >= 4, "\(table)")
        #expect(try run.read("sweep/index.html").contains("0 of 3 runs have a valid result"))
        // One is mended and gone on with, one is complete, one is not begun yet.
        try DemoPicture.restore(run, "demo_00000002")
        try FileManager.default.removeItem(atPath: run.path("sweep/c"))
        let (resumed, said) = try await sweep(run, jobs, ["--resume"])
        #expect(resumed == .valid, "\(said)")
        _ = try await run.evaluate(out: "single")
        #expect(try run.read("sweep/a/images.jsonl") == run.read("single/images.jsonl"))
        #expect(try run.read("sweep/c/images.jsonl") == run.read("single/images.jsonl"))
    }

    @Test func everyJobIsCheckedBeforeTheFirstBegins() async throws {
        let run = try SmallRun(pictures: 2)
        let net = network(run)
        let file = run.path("jobs.json")
        for (jobs, options, expected) in [
            ("{\"jobs\": []}", [], "jobs: expected one job at least"),
            ("{\"jobs\": [{\(net)}], \"job\": 1}", [], "job"),
            (
                "{\"jobs\": [{\(net)}, {\(net), \"name\": \"b\", \"presett\": \"sharp\"}]}", [],
                "job \"b\": unknown option \"presett\", did you mean preset?"
            ),
            (
                "{\"jobs\": [{\(net)}, {\(net), \"name\": \"b\", \"preset\": \"blunt\"}]}", [],
                "job \"b\": --preset blunt: expected reference, sharp"
            ),
            ("{\"jobs\": [{\(net)}, {\(net), \"name\": \"b\", \"method\": \"cam\"}]}", [], "job \"b\": --method cam"),
            (
                "{\"common\": {\"preset\": \"sharp\"}, \"jobs\": [{\(net), \"name\": \"b\", \"method\": \"gradient\"}]}",
                [],
                "job \"b\": common: --preset"
            ),
            (
                "{\"jobs\": [{\(net)}, {\"name\": \"b\", \"network\": \"alexnet\", \"weights\": \"gone.pth\"}]}", [],
                "job \"b\": --weights gone.pth: no such file"
            ),
            ("{\"jobs\": [{\(net), \"limit\": 2}]}", [], "jobs[0]: \"limit\" is for all jobs"),
            ("{\"jobs\": [{\(net), \"out\": \"x\"}]}", [], "\"out\": --out is for the command line"),
            ("{\"jobs\": [{\(net)}, {\(net)}]}", [], "two jobs are called \"net\""),
            (
                "{\"jobs\": [{\(net), \"name\": \"Index.html\"}]}", [],
                "is called \"Index.html\", as a file of the sweep"
            ),
            ("{\"jobs\": [{\(net), \"name\": \"a\"}, {\(net), \"name\": \"A\"}]}", [], "two jobs are called \"A\""),
            (
                "{\"jobs\": [{\(net)}]}", ["--results-file", run.path("sweep/table.csv")],
                "is a file of the sweep itself"
            ),
            ("{\"jobs\": [{\(net), \"name\": \"../x\"}]}", [], "jobs[0].name: expected at most 100 letters"),
            ("{\"jobs\": [{\(net), \"iou\": []}]}", [], "jobs[0]: \"iou\": the list is empty"),
            (
                "{\"jobs\": [{\(net), \"iou\": \"wsol\"}]}", ["--iou", "exact"],
                "\"iou\" is given there and on the command line"
            ),
        ] {
            await #expect {
                _ = try await sweep(run, jobs, options)
            } throws: {
                let text = ($0 as? MissingInputs)?.lines.first ?? "\($0)"
                return text.hasPrefix(file) && text.contains(expected.replacing(", did you", with: "; did you"))
                    || text.contains(expected)
            }
            #expect(!FileManager.default.fileExists(atPath: run.path("sweep")), "\(expected)")
        }
    }

    @Test func aFolderOfARunTakesNoSweep() async throws {
        let run = try SmallRun(pictures: 2)
        _ = try await run.evaluate(out: "sweep")
        await #expect {
            _ = try await sweep(run, "{\"jobs\": [{\(network(run))}]}")
        } throws: {
            "\($0)".contains("sweep/certificate.json: the folder holds a run")
        }
    }

    @Test func theCommandLineAndTheConfigurationFileHaveTheirPlaces() async throws {
        let run = try SmallRun(pictures: 3)
        let jobs = "{\"common\": {\(network(run)), \"limit\": 1}, \"jobs\": [{\"name\": \"a\", \"iou\": \"wsol\"}]}"
        let configured = try JSON.parse(#"{"iou": "exact", "limit": 3, "preprocess": "squash"}"#, source: "stnet.json")
        _ = try await sweep(run, jobs, ["--limit", "2"], configured: (configured, "stnet.json"))
        let summary = try JSON.parse(try run.read("sweep/a/summary.json"), source: "summary")
        #expect(summary["coverage"]?["expected"]?.intValue == 2)
        #expect(summary["protocol"]?["options"]?["iou"]?.stringValue == "wsol")
        #expect(summary["protocol"]?["options"]?["preprocess"]?.stringValue == "squash")
    }

    @Test func anInterruptedSweepSaysWhatWasNotBegun() async throws {
        let run = try SmallRun(pictures: 2)
        try run.write("jobs.json", threeJobs(run))
        let interrupts = Interrupts()
        let status = try await command(run, interrupts) { if $0.hasPrefix("a: VALID") { interrupts.interrupt() } }
            .run()
        #expect(status == .invalid)
        // The second one may have begun while the first one's files were written.
        #expect(
            try run.read("sweep/table.md").contains("not begun")
                && run.read("sweep/table.md").contains("c: the sweep was interrupted"))
        #expect(!FileManager.default.fileExists(atPath: run.path("sweep/c")))
    }

    @Test func anEarlierResultThatWasToBeReplacedIsNotShown() async throws {
        let run = try SmallRun(pictures: 2)
        try run.write("jobs.json", threeJobs(run))
        #expect(try await command(run, Interrupts()) { _ in }.run() == .valid)
        let interrupts = Interrupts()
        let again = try command(run, interrupts, options: ["--force", "--iou", "wsol"]) {
            if $0.hasPrefix("a: VALID") { interrupts.interrupt() }
        }
        #expect(try await again.run() == .invalid)
        #expect(FileManager.default.fileExists(atPath: run.path("sweep/c/summary.json")))
        let rows = try JSON.parse(try run.read("sweep/table.json"), source: "table")["rows"]?.arrayValue ?? []
        #expect(rows.last?["state"]?.stringValue == "not begun" && rows.last?["gt_known_50"]?.isNull == true)
    }

    @Test func theNextJobBeginsWhileTheFilesOfOneAreWritten() async throws {
        let run = try SmallRun(pictures: 2)
        try run.write("jobs.json", threeJobs(run))
        let (second, result) = (DispatchSemaphore(value: 0), Text())
        let printer = ProgressPrinter(style: .plain) { if $0.hasPrefix("job 2 of 3") { second.signal() } }
        let status = try await command(run, Interrupts(), printer) {
            guard $0.hasPrefix("a: VALID") else { return }
            result.append(second.wait(timeout: .now() + 60) == .success ? "both" : "one after the other")
        }.run()
        #expect(status == .valid && result.all == "both")
    }

    private func threeJobs(_ run: SmallRun) -> String {
        "{\"common\": {\(network(run))}, \"jobs\": [{\"name\": \"a\"}, {\"name\": \"b\", \"batch\": 1}, {\"name\": \"c\"}]}"
    }

    private func command(
        _ run: SmallRun, _ interrupts: Interrupts, _ printer: ProgressPrinter = ProgressPrinter(style: .plain) { _ in },
        options: [String] = [], say: @escaping @Sendable (String) -> Void
    ) throws -> SweepCommand {
        let parsed = try ParsedOptions(
            arguments: [
                run.path("jobs.json"), "--images", run.path("images"), "--annotations", run.path("annotations"),
                "--out", run.path("sweep"),
            ] + options, specifications: SweepOptions.help.options, operands: SweepOptions.operands)
        return SweepCommand(parsed, printer: printer, interrupts: interrupts, say: say)
    }

    @Test func aFolderTakesOneSweepAtATime() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.createDirectory(atPath: run.path("sweep"), withIntermediateDirectories: true)
        let lock = try DirectoryLock(run.path("sweep"), whoever: "me")
        let jobs = "{\"jobs\": [{\(network(run)), \"name\": \"a\"}]}"
        await #expect {
            _ = try await sweep(run, jobs)
        } throws: {
            "\($0)".contains("sweep: another sweep is at work there")
        }
        lock.release()
        let (status, text) = try await sweep(run, jobs)
        #expect(status == .valid, "\(text)")
    }

    @Test func weightsInAListNameTheirJobs() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.copyItem(atPath: run.path("w.safetensors"), toPath: run.path("epoch2.safetensors"))
        let (status, text) = try await sweep(
            run,
            """
            {"jobs": [{"name": "e", "network": "\(run.path("net.json"))",
                       "weights": ["\(run.path("w.safetensors"))", "\(run.path("epoch2.safetensors"))"]}]}
            """)
        #expect(status == .valid, "\(text)")
        for name in ["e-w", "e-epoch2"] {
            #expect(FileManager.default.fileExists(atPath: run.path("sweep/\(name)/summary.json")), "\(name)")
        }
    }

    @Test func networksOfTheCommandLineAreAList() async throws {
        let run = try SmallRun(pictures: 2)
        try FileManager.default.copyItem(atPath: run.path("net.json"), toPath: run.path("other.json"))
        let networks = run.path("net.json") + "," + run.path("other.json")
        let options = ["--network", networks, "--weights", run.path("w.safetensors")]
        let jobs = #"{"common": {"network": "alexnet"}, "jobs": [{"name": "a"}, {"method": "gradient"}]}"#
        let (status, text) = try await sweep(run, jobs, options)
        #expect(status == .valid, "\(text)")
        for name in ["a-net", "a-other", "net-gradient", "other-gradient"] {
            #expect(FileManager.default.fileExists(atPath: run.path("sweep/\(name)/summary.json")), "\(name)")
        }
        await #expect(throws: UsageError.self) {
            _ = try await sweep(run, jobs, ["--network", "a,,b"])
        }
    }
}

private enum DemoPicture {
    /// Draws the pictures again where one was taken away.
    static func restore(_ run: SmallRun, _ id: String) throws {
        let other = try SmallRun(pictures: 3)
        try FileManager.default.copyItem(atPath: other.path("images/\(id).JPEG"), toPath: run.path("images/\(id).JPEG"))
    }
}
