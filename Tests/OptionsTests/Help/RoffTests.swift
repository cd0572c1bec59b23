import Foundation
import Testing

@testable import Options

@Suite struct RoffTests {
    /// What a reader of roff sees of an escaped text.
    private func read(_ text: String) -> String {
        var found = text
        for (escape, character) in [
            ("\\-", "-"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"), ("\\(dq", "\""),
        ] {
            found = found.replacing(escape, with: character)
        }
        return found.replacing("\\(rs", with: "\\")
    }

    @Test func whatIsEscapedReadsAsItWas() {
        let escaped = Roff.escape(AwkwardTable.text)
        #expect(read(escaped) == AwkwardTable.text)
        // Every backslash begins an escape of ours, and none of the characters that are replaced is left.
        for part in escaped.split(separator: "\\").dropFirst(escaped.hasPrefix("\\") ? 0 : 1) {
            #expect(["-", "(aq", "(ga", "(ha", "(ti", "(dq", "(rs"].contains { part.hasPrefix($0) }, "\(part)")
        }
        #expect(!escaped.replacing("\\-", with: "").contains { "-'`^~\"".contains($0) })
        #expect(Roff.escape("a\nb\u{7}c \u{e9}\u{1F600}") == "a b c \\[u00E9]\\[u1F600]")
    }

    /// Words of dots and quotes wherever the line is cut.
    @Test func noTextBeginsARequest() {
        for length in 1...90 {
            var page = Roff()
            page.words(String(repeating: "x", count: length) + " .SH 'y \\fB .")
            page.literal(".so /etc/passwd")
            page.literal("'br")
            page.fonts([(.roman, ".TP")])
            for line in page.text.split(separator: "\n") {
                #expect(!line.hasPrefix(".") && !line.hasPrefix("'"), "\(line)")
            }
        }
    }

    @Test func anArgumentStaysOneWord() {
        var page = Roff()
        page.request("SH", "a \"b\" c")
        #expect(page.text == ".SH \"a \\(dqb\\(dq c\"\n")
    }

    @Test func optionsAndProgramsAreBold() {
        var page = Roff()
        page.words("(--out), stnet-coord's -- or - 3 stnet-node@.service")
        #expect(
            page.text
                == "(\\fB\\-\\-out\\fR), \\fBstnet\\-coord\\fR\\(aqs \\-\\- or \\- 3 stnet\\-node@.service\n")
    }
}
