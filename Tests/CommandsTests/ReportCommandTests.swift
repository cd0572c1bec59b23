import Bytes
import Commands
import Evaluation
import Foundation
import Options
import SmallRuns
import Testing

@Suite struct ReportCommandTests {
    private func report(_ arguments: [String]) throws -> (status: Options.ExitStatus, text: String) {
        let parsed = try ParsedOptions(
            arguments: arguments, specifications: ReportCommand.help.options, operands: ReportCommand.operands)
        var text = ""
        let status = try ReportCommand(parsed).run { text += $0 + "\n" }
        return (status, text)
    }

    @Test func theReportMadeAgainIsTheOneOfTheRun() async throws {
        let run = try SmallRun()
        #expect(try await run.evaluate().status == .valid)
        let first = try run.read("out/report.html")
        #expect(first.contains("data:image/jpeg;base64,") && first.contains(">VALID<"))
        let facts = try RunFacts(
            JSON.parse(try run.read("out/run.json"), source: "run.json"), source: "run.json")
        #expect(facts.images == 7 && facts.nodes.count == 1 && facts.nodes[0].images == 7)
        #expect(facts.nodes[0].leases.reduce(0) { $0 + $1.images } == 7)
        let (status, text) = try report([run.path("out")])
        #expect(status == .valid && text == run.path("out/report.html") + "\n")
        #expect(try run.read("out/report.html") == first)
    }

    @Test func mapsStandInTheGalleriesAlsoOfAReportMadeAgain() async throws {
        let run = try SmallRun()
        for options in [
            ["--exe-mode", "ch_viz"], ["--exe-mode", "ch_viz", "--overlay"], ["--save-maps", run.path("maps")],
        ] {
            _ = try await run.evaluate(options)
            let first = try run.read("out/report.html")
            #expect(first.components(separatedBy: "class=\"frame map\"").count == 4 * 7 + 1, "\(options)")
            _ = try report([run.path("out")])
            #expect(try run.read("out/report.html") == first)
        }
        // A file that is no map is not shown, and one that leads out of the folder is not read.
        try run.write("maps/demo_00000003.npy", "mine")
        _ = try report([run.path("out")])
        #expect(try run.read("out/report.html").components(separatedBy: "class=\"frame map\"").count == 4 * 6 + 1)
    }

    @Test func withoutImagesOrAnnotationsThePageSaysSo() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate()
        try FileManager.default.moveItem(atPath: run.path("images"), toPath: run.path("moved"))
        let (status, text) = try report([run.path("out"), "--out", run.path("page.html")])
        #expect(status == .valid && text.contains("images is not there any more"))
        let page = try run.read("page.html")
        #expect(page.contains("7 of 7 pictures are not shown") && !page.contains("data:image/jpeg"))
        // Named, they are found again.
        _ = try report([run.path("out"), "--out", run.path("page.html"), "--images", run.path("moved")])
        #expect(try run.read("page.html") == (try run.read("out/report.html")))
        try FileManager.default.removeItem(atPath: run.path("annotations"))
        try FileManager.default.removeItem(atPath: run.path("out/run.json"))
        let rest = try report([run.path("out"), "--out", run.path("page.html")])
        #expect(rest.text.contains("no --annotations: the page is made without"))
        #expect(try run.read("page.html").contains("Without the annotations"))
    }

    @Test func anInvalidRunHasAReportToo() async throws {
        let run = try SmallRun()
        try FileManager.default.removeItem(atPath: run.path("images/demo_00000005.JPEG"))
        #expect(try await run.evaluate().status == .invalid)
        #expect(try run.read("out/report.html").contains(">INVALID<"))
        #expect(try report([run.path("out")]).status == .invalid)
    }

    @Test func whatIsNoRunIsNamed() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate()
        #expect { _ = try report([]) } throws: { $0 is UsageError }
        #expect { _ = try report([run.path("nothing")]) } throws: { "\($0)".contains("nothing/certificate.json") }
        // Annotations of other images, and other classes for the same.
        try FileManager.default.createDirectory(atPath: run.path("other"), withIntermediateDirectories: true)
        let files = [
            "image_ids.txt": "demo_00000001\n", "class_labels.txt": "demo_00000001,0\n",
            "image_sizes.txt": "demo_00000001,10,10\n", "localization.txt": "demo_00000001,0,0,9,9\n",
        ]
        for (name, text) in files { try run.write("other/" + name, text) }
        #expect {
            _ = try report([run.path("out"), "--annotations", run.path("other")])
        } throws: {
            "\($0)".contains("expected")
        }
        try run.write("out/images.jsonl", try run.read("out/images.jsonl") + " ")
        #expect { _ = try report([run.path("out")]) } throws: { "\($0)".contains("its SHA-256 is") }
    }

    @Test func aNewRunRemovesTheOldReport() async throws {
        let run = try SmallRun()
        _ = try await run.evaluate()
        try run.write("out/report.html", "old")
        _ = try await run.evaluate(["--limit", "3"])
        #expect(try run.read("out/report.html").contains("3 of 3 images evaluated"))
    }
}
