extension String {
    /// On one line, as before it was made for a terminal's width.
    package var unwrapped: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}
