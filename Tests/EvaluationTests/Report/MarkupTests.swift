import Testing

@testable import Evaluation

struct MarkupTests {
    @Test func dataIsEscapedAndMarkupIsNot() {
        let inner: Markup = "<b>\(3)</b>"
        let hostile = #"<script>alert("1" & '2')</script>"#
        let markup: Markup = #"<p title="\#(hostile)">\#(inner)</p>"#
        #expect(
            markup.text
                == #"<p title="&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;"><b>3</b></p>"#)
    }

    @Test(arguments: [
        ("]]>", "]]&gt;"), ("a\u{202e}b", "a⟨U+202E⟩b"), ("\u{2066}x\u{2069}", "⟨U+2066⟩x⟨U+2069⟩"),
        ("\0", "⟨U+0000⟩"), ("\u{1b}[31m", "⟨U+001B⟩[31m"), ("\r\n", "⟨U+000D⟩\n"), ("\u{feff}", "⟨U+FEFF⟩"),
        ("\u{fffe}\u{1ffff}", "⟨U+FFFE⟩⟨U+1FFFF⟩"), ("\u{e0041}", "⟨U+E0041⟩"),
        ("Schäferhund 犬 שלום", "Schäferhund 犬 שלום"),
    ])
    func whatActsInsteadOfShowingIsShown(text: String, shown: String) {
        #expect(("\(text)" as Markup).text == shown)
    }

    @Test func aLongTextIsCut() {
        #expect(DataText.cut("abcdef", to: 6) == "abcdef")
        #expect(DataText.cut("abcdefg", to: 6) == "abcde…")
    }

    @Test(arguments: [
        (0.0, "0"), (12.04, "12"), (12.05, "12.1"), (-0.04, "0"), (-0.26, "-0.3"), (-7, "-7"), (.nan, "0"),
        (.infinity, "0"), (1e300, "0"),
    ])
    func coordinatesHaveOneDecimal(value: Double, text: String) {
        #expect(("\(at: value)" as Markup).text == text)
    }
}
