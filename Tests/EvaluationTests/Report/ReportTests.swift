import Bytes
import Foundation
import SelectiveTuning
import Testing

@testable import Evaluation

struct ReportTests {
    private static let names = ClassNames(
        names: (0..<10).map { "n0000000\($0)" }, words: (0..<10).map { "thing \($0), object \($0)" })

    private static let facts = RunFacts(
        started: "2026-01-02T03:04:05.000Z", ended: "2026-01-02T03:05:05.000Z", seconds: 12.5, images: 40,
        nodes: [
            .init(
                name: "node-a", device: "cpu", images: 40,
                leases: [.init(start: 0, end: 8, images: 30), .init(start: 8, end: 9, images: 2, isLost: true)])
        ])

    private func report(
        _ run: RunOutput.Run, classes: ClassNames = names, facts: RunFacts? = facts,
        thumbnails: [String: ReportThumbnail] = [:], title: String? = nil
    ) -> Report {
        let certificate = Certificate(
            expected: run.expected, records: run.records, deliveries: run.deliveries, imagesSHA256: SHA256.hex("x"),
            digests: run.digests, otherReasons: run.otherReasons)
        let row = AccuracyTable.Row(
            network: title ?? run.network, metrics: Metrics(records: run.records, groundTruth: run.groundTruth),
            certificate: certificate, hasLabels: run.hasLabels)
        return Report(
            network: run.network, protocolBlock: run.protocolBlock, certificate: certificate,
            table: AccuracyTable(
                rows: [row], baselines: Baselines(run.groundTruth, convention: run.convention), convention: .stnet),
            data: ReportData(
                records: run.records, groundTruth: run.groundTruth, convention: run.convention, inputSize: 224),
            classes: classes, thumbnails: thumbnails, facts: facts)
    }

    private var run: RunOutput.Run {
        var run = SampleRun.run()
        run.groundTruth = SampleRun.ascending(40)
        run.records = SampleRun.records(run.groundTruth)
        run.expected = run.groundTruth.map(\.id)
        return run
    }

    @Test func thePageIsWellFormedAndShowsEverything() throws {
        let page = Page(report(run).html)
        #expect(page.problem == nil)
        #expect(page.all("p", class: "word").map(\.text) == ["VALID"])
        #expect(page.all("svg", class: "chart").count == 6, "four of the distribution, two of the run")
        for chart in page.all("svg", class: "chart") { #expect(chart.attributes["role"] == "img") }
        #expect(page.all("title").count > 7)
        // 24 in the sample, 16 in each of the others.
        #expect(page.all("figure", class: "shot").count == 24 + 3 * 16)
        #expect(page.all("rect", class: "pred").count == 24 + 3 * 16 + 1)
        // Accuracy, Top-1 and Top-5 Loc, histogram, curve, groups, classes, nodes.
        #expect(page.all("table").count == 7)
        #expect(page.all("tr").count { $0.attributes.isEmpty } > 10 + 19)
        #expect(page.text.contains("thing 3") && page.text.contains("best square"))
        #expect(page.text.contains("Top-1 accuracy") && page.text.contains("GT-known Loc"))
        #expect(page.text.contains("1 image has an all-zero gating map.") && page.text.contains("10 classes."))
        #expect(page.text.contains("node-a") && page.text.contains("2026-01-02T03:05:05.000Z"))
    }

    /// The first part of a run: half of the images, one of them failed.
    @Test func anInvalidRunShowsNoAccuracyAndSaysWhy() throws {
        var run = run
        run.records = Array(run.records.prefix(20))
        run.records[3] = .failed(id: run.records[3].id, label: 3, error: "no SOI marker <here>")
        let page = Page(report(run).html)
        #expect(page.problem == nil)
        #expect(page.all("p", class: "word").map(\.text) == ["INVALID"])
        #expect(page.all("section", class: "bad").count == 1)
        #expect(page.all("title")[0].text.hasPrefix("INVALID: "))
        #expect(page.all("dl", class: "tiles").isEmpty)
        #expect(page.all("p", class: "stamp").count == 3)
        #expect(page.text.contains("20 of 40 images are missing"))
        #expect(page.text.contains("no SOI marker <here>"))
        #expect(page.all("tr", class: "ours").count == 1)
        #expect(page.all("td", class: "bad").map(\.text) == ["INVALID"])
    }

    /// A tab shows the first words of the title.
    @Test func theTitleSaysNetworkPresetAndMethod() throws {
        var run = run
        run.network = "googlenet"
        run.protocolBlock = .object([("method", .string("stnet")), ("preset", .string("sharp"))])
        for (title, expected) in [
            ("googlenet, preset sharp", "googlenet, preset sharp, selective tuning"),
            (
                "googlenet, preset sharp, mass 0.8, 5 of 10 annotated",
                "googlenet, preset sharp, selective tuning, mass 0.8, 5 of 10 annotated"
            ),
        ] {
            let page = Page(report(run, title: title).html)
            #expect(page.all("title")[0].text == expected + ": object localization")
            #expect(page.all("bdi")[0].text == expected)
            #expect(Report.isReport(Array(report(run, title: title).html.utf8)))
        }
        run.protocolBlock = .object([("method", .string("cam")), ("preset", .null)])
        let page = Page(report(run, title: "googlenet, class activation maps").html)
        #expect(page.all("title")[0].text == "googlenet, class activation maps: object localization")
        // Somebody else's file has the name that it was given.
        run.protocolBlock = .object([("method", .string("boxes"))])
        #expect(Page(report(run, title: "boxes.csv").html).all("title")[0].text == "boxes.csv: object localization")
    }

    @Test func theTableHasTop1AndTop5Loc() {
        let page = Page(report(run).html)
        let heads = page.all("th").map(\.text)
        for name in ["Top-1 acc.", "Top-1 Loc \u{2265}\u{a0}.50", "Top-5 Loc \u{2265}\u{a0}.50", "GT-known Loc, IoU"] {
            #expect(heads.contains(name), "\(name)")
        }
        // Each row has a cell for each column.
        var boxes = run
        boxes.hasLabels = false
        var (part, partOfBoxes) = (run, boxes)
        part.records.removeLast()
        partOfBoxes.records.removeLast()
        for (run, columns) in [(run, 10), (boxes, 7), (part, 10), (partOfBoxes, 7)] {
            let rows = report(run).accuracyTable.text.components(separatedBy: "<tbody>")[1].components(
                separatedBy: "</tr>"
            ).dropLast()
            #expect(rows.count == 1 + 6)
            for row in rows { #expect(row.components(separatedBy: "<td ").count == columns + 1) }
        }
        #expect(!Page(report(boxes).html).text.contains("Top-"))
    }

    /// What goes on sideways is reached by keyboard, and has a name for those who do not see it.
    @Test func everyTableStandsInARegionOfItsOwn() {
        let page = Page(report(run).html)
        let regions = page.all("div", class: "scroll")
        #expect(regions.count == page.all("table").count)
        let names = regions.compactMap { $0.attributes["aria-label"] }
        #expect(Set(names).count == regions.count, "\(names)")
        for region in regions { #expect(region.attributes["role"] == "region" && region.attributes["tabindex"] == "0") }
        #expect(page.all("p", class: "hint").count == regions.count)
    }

    @Test func mapsStandBelowTheirPictures() {
        let run = run
        let jpeg = ReportThumbnail(jpeg: [1, 2, 3], map: [4, 5, 6])
        var thumbnails = Dictionary(uniqueKeysWithValues: run.expected.map { ($0, ReportThumbnail(jpeg: [1, 2, 3])) })
        #expect(Page(report(run, thumbnails: thumbnails).html).all("svg", class: "scale").isEmpty)
        let shown = report(run).data.shownIDs
        for id in shown { thumbnails[id] = jpeg }
        let page = Page(report(run, thumbnails: thumbnails).html)
        #expect(page.problem == nil && page.all("div", class: "map").count == 72)
        #expect(page.all("svg", class: "scale").count == 1, "what the colours mean")
        let maps = page.all("img").filter { $0.attributes["src"]?.hasSuffix("BAUG") == true }
        #expect(maps.count == 72 && Set(maps.compactMap { $0.attributes["alt"] }).count == shown.count)
    }

    @Test func nothingEvaluatedIsAPageToo() {
        var run = run
        run.records = []
        let page = Page(report(run, facts: nil).html)
        #expect(page.problem == nil)
        #expect(page.text.contains("No image was evaluated") && page.text.contains("40 of 40 images are missing"))
    }

    @Test func withoutGroundTruthNoBaselineIsDrawn() {
        var run = run
        run.groundTruth = []
        run.hasLabels = false
        let page = Page(report(run).html)
        #expect(page.problem == nil)
        #expect(page.all("path", class: "square").isEmpty && page.all("path", class: "diamond").isEmpty)
        #expect(page.text.contains("Without the annotations"))
        #expect(!page.text.contains("Top-1"))
        #expect(page.all("rect", class: "truth").count == 2, "in the key only")
    }

    /// Wherever a text from outside stands, it is a text.
    @Test func dataNeverBecomesMarkup() throws {
        let hostile = "\"'></title></style><script>alert(1)</script><img src=x onerror=alert(2)>]]>\u{202e}\u{0}&amp;"
        var run = run
        run.network = hostile
        run.protocolBlock = .object([
            ("method", .string(hostile)), (hostile, .string(hostile)), ("version", .string(hostile)),
        ])
        run.digests = [.init(name: hostile, sha256: hostile)]
        for place in run.records.indices { run.records[place].id += hostile }
        run.records[5] = .failed(id: hostile, label: 1, error: hostile)
        run.groundTruth = []
        run.otherReasons = [hostile]
        var facts = Self.facts
        facts.started = hostile
        facts.ended = hostile
        facts.nodes[0].name = hostile
        facts.nodes[0].device = hostile
        let classes = ClassNames(names: [hostile], words: [hostile])
        var thumbnails: [String: ReportThumbnail] = [:]
        for record in run.records { thumbnails[record.id] = ReportThumbnail(problem: hostile) }
        let plain = Page(report(self.run).html)
        let page = Page(report(run, classes: classes, facts: facts, thumbnails: thumbnails).html)
        #expect(page.problem == nil)
        #expect(page.all("script").count == 1 && page.all("script")[0].text == plain.all("script")[0].text)
        #expect(page.all("style").count == 1 && page.all("img").isEmpty)
        let names = Set(page.elements.flatMap(\.attributes.keys))
        #expect(!names.contains { $0.hasPrefix("on") })
        #expect(!page.text.contains("\u{202e}") && page.text.contains("⟨U+202E⟩"))
        #expect(page.text.contains("<script>alert(1)</script>"))
    }

    /// A box from a damaged file must not draw outside the frame or break the page.
    @Test func boxesAreCutAtTheFrame() throws {
        var run = run
        run.records = [run.records[0]]
        run.records[0].box = Box(-1e9, 10, .infinity, 20)
        run.groundTruth = [run.groundTruth[0]]
        run.groundTruth[0].boxes = [Box(.nan, .nan, .nan, .nan), Box(300, 300, 310, 310), Box(5, 6, 7, 8)]
        let page = Page(report(run).html)
        #expect(page.problem == nil)
        let drawn = page.all("rect", class: "truth").filter { $0.attributes["x"] == "5" }
        #expect(
            drawn.count == 4 && drawn.allSatisfy { $0.attributes["width"] == "3" && $0.attributes["height"] == "3" })
    }

    @Test func thePolicyNamesTheStyleSheetAndTheScript() throws {
        let page = Page(report(run).html)
        let policy = try #require(
            page.all("meta").first { $0.attributes["http-equiv"] == "Content-Security-Policy" }?.attributes["content"])
        #expect(policy.hasPrefix("default-src 'none'; img-src data:; style-src 'sha256-"))
        for (name, directive) in [("style", "style-src"), ("script", "script-src")] {
            var digest = SHA256()
            digest.update(page.all(name)[0].text)
            let expected = "\(directive) 'sha256-\(Data(digest.finalize()).base64EncodedString())'"
            #expect(policy.contains(expected))
        }
        for element in page.elements {
            #expect(element.attributes["style"] == nil, "the policy forbids it")
            for name in ["src", "href"] {
                let value = element.attributes[name] ?? "#"
                #expect(value.hasPrefix("#") || value.hasPrefix("data:"), "\(element.name) \(value)")
            }
        }
    }

    @Test func aPictureStandsInItsFrame() {
        let run = run
        var thumbnails = Dictionary(uniqueKeysWithValues: run.expected.map { ($0, ReportThumbnail(jpeg: [1, 2, 3])) })
        #expect(Page(report(run, thumbnails: thumbnails).html).all("img").count == 72)
        let shown = report(run).data.shownIDs
        thumbnails[shown.min()!] = ReportThumbnail(problem: "the file is cut off")
        let text = Page(report(run, thumbnails: thumbnails).html).text
        #expect(text.contains("1 of \(shown.count) pictures is not shown") && text.contains("the file is cut off"))
    }
}
