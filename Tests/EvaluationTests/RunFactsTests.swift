import Bytes
import Evaluation
import Testing

struct RunFactsTests {
    private let facts = RunFacts(
        started: "2026-01-02T03:04:05.000Z", ended: "2026-01-02T03:05:05.000Z", seconds: 12.5, images: 100,
        resumedImages: 7,
        nodes: [
            .init(
                name: "a", device: "cpu avx512, 2 threads", images: 100,
                leases: [.init(start: 0, end: 1.25, images: 40), .init(start: 1.25, end: 3, images: 2, isLost: true)])
        ], imagesPath: "/data/images", annotationsPath: nil, mapsPath: "/data/maps", classes: ["x", "y"])

    @Test func factsAreReadAsTheyWereWritten() throws {
        let text = facts.json.pretty
        #expect(try RunFacts(JSON.parse(text, source: "run.json"), source: "run.json") == facts)
        #expect(facts.imagesPerSecond == 8)
        #expect(facts.nodes[0].busySeconds == 3)
    }

    @Test(arguments: [
        ("[0.0, 1.25, 40]", "[2, 1, 40]"), ("[0.0, 1.25, 40]", "[0, 1]"), ("[0.0, 1.25, 40]", "[0, 1, -1]"),
        ("\"lost\"", "\"found\""), ("12.5", "-1"), ("[\"x\", \"y\"]", "[\"x\", 1]"),
    ])
    func whatCannotBeIsNamed(good: String, bad: String) throws {
        let text = facts.json.pretty.split(separator: "\n").joined().replacing("  ", with: "")
            .replacing(",\"", with: ", \"").replacing("[\"x\", \"y\"]", with: "[\"x\", \"y\"]")
        try #require(text.contains(good), "\(text)")
        #expect {
            _ = try RunFacts(JSON.parse(text.replacing(good, with: bad), source: "run.json"), source: "run.json")
        } throws: {
            "\($0)".contains("run.json")
        }
    }
}
