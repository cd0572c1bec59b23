import Bytes
import Testing

@Suite struct WrappedTextTests {
    @Test func linesAreBrokenBetweenWords() {
        #expect("one two three four".wrapped(width: 9) == ["one two", "three", "four"])
        #expect("one two three four".wrapped(width: 9, indent: "  ") == ["one two", "  three", "  four"])
        #expect("one two".wrapped(width: 7) == ["one two"])
        #expect("".wrapped(width: 5) == [""])
    }

    /// A path that is broken cannot be copied.
    @Test func aWordIsNeverBroken() {
        #expect("in /a/very/long/path now".wrapped(width: 6) == ["in", "/a/very/long/path", "now"])
    }

    @Test func aPercentSignStaysWithItsNumber() {
        #expect("it is 7.5 % (2.6-19.9)".wrapped(width: 10) == ["it is", "7.5 %", "(2.6-19.9)"])
    }

    @Test func spacesAtTheBeginningStay() {
        #expect("  --threads 2 (default)".wrapped(width: 80) == ["  --threads 2 (default)"])
    }
}
