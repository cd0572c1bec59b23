import Testing

@Suite struct CitationTests {
    @Test func theCitedVersionIsTheRelease() throws {
        let program = try Program("stnet-coord", ["--version"])
        #expect(program.wait() == 0)
        let release = try #require(program.standardOutput.firstMatch(of: /stnet ([0-9.]+)/)).1
        let page = try Program("stnet-coord", ["manual"])
        #expect(page.wait() == 0)
        let date = try #require(page.standardOutput.firstMatch(of: /TH STNET\\-COORD 1 ([0-9]+-[0-9]+-[0-9]+)/)).1
        #expect(try Page("CITATION.cff").text.contains("\nversion: \(release)\ndate-released: \(date)\n"))
    }
}
