/// Some lines at the bottom of a terminal that are drawn over again in place. Pure: gives the text to write.
public struct LiveBlock: Sendable {
    /// How many columns each line on the screen has; empty when none is there.
    private var shown: [Int] = []

    public init() {}

    /// The lines instead of those on the screen. Each must fit the width, see `TerminalText.clipped`: the cursor stands
    /// on the row below them afterwards.
    public mutating func draw(_ lines: [String], columns: Int) -> String {
        let text = erase(columns: columns) + lines.map { $0 + "\n" }.joined()
        shown = lines.map(\.unicodeScalars.count)
        return text
    }

    /// Takes the block off the screen; what is written next stands where it stood.
    public mutating func erase(columns: Int) -> String {
        guard !shown.isEmpty else { return "" }
        // A terminal that became narrower has broken the lines that were too long for it.
        let rows = shown.reduce(0) { $0 + max(1, ($1 + columns - 1) / max(1, columns)) }
        shown = []
        // Row by row: some terminals keep a copy of a screen that is cleared from its first row on.
        return "\r" + String(repeating: "\u{1B}[A\u{1B}[K", count: rows)
    }

    /// The block stays on the screen as it is; what is drawn next stands below it.
    public mutating func leave() {
        shown = []
    }
}
