import Testing

@testable import Options

@Suite struct ValueCandidatesTests {
    @Test(
        arguments: [
            ("FILE", [], .files), ("FILE.csv", [], .files), ("PATH", [], .files), ("DIR", [], .directories),
            ("RUN_DIR", [], .directories), ("N", [], nil), ("INDEX|UUID", [], nil), ("[HOST:]PORT", [], nil),
            ("stnet|cam", ["stnet", "cam"], nil), ("ladder|1|all", ["ladder", "1", "all"], nil),
            ("image|pool1|...", ["image", "pool1"], nil), ("PATH|remote", ["remote"], .files),
        ] as [(String, [String], ValueCandidates.Paths?)])
    func aPlaceholderSaysWhatFits(placeholder: String, words: [String], paths: ValueCandidates.Paths?) {
        let found = ValueCandidates(placeholder)
        #expect(found.words == words)
        #expect(found.paths == paths)
    }

    @Test func knownWordsStandBesideThem() {
        let found = ValueCandidates("NAME|FILE.json", known: ["alexnet"])
        #expect(found.words == ["alexnet"])
        #expect(found.paths == .files)
    }
}
