/// A piece of a page that is HTML and well-formed XML at once. In a literal, what is written is markup and what is
/// interpolated is data: it is escaped, unless it is `Markup` itself. So no label, id or error can become markup.
struct Markup: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init() { text = "" }
    init(stringLiteral value: String) { text = value }
    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    /// Text of the program itself, such as its style sheet; never data.
    init(trusted text: String) { self.text = text }

    struct Interpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 8 * interpolationCount)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }
        mutating func appendInterpolation(_ data: String) { text += DataText.escaped(data) }
        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        mutating func appendInterpolation(_ parts: [Markup]) { for part in parts { text += part.text } }
        mutating func appendInterpolation(_ number: Int) { text += number.description }
        /// A coordinate of a drawing, rounded to a tenth: what nobody can see is not written.
        mutating func appendInterpolation(at coordinate: Double) { text += Markup.coordinate(coordinate) }
    }

    static func += (whole: inout Markup, part: Markup) { whole.text += part.text }

    static func + (first: Markup, second: Markup) -> Markup {
        var whole = first
        whole += second
        return whole
    }

    /// "12", "12.5", "-3"; 0 for what is no number.
    static func coordinate(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e9 else { return "0" }
        let tenths = Int((value * 10).rounded())
        let rest = abs(tenths % 10)
        let sign = tenths < 0 ? "-" : ""
        let whole = "\(sign)\(abs(tenths) / 10)"
        return rest == 0 ? whole : "\(whole).\(rest)"
    }
}

extension [Markup] {
    func joined() -> Markup { reduce(into: Markup()) { $0 += $1 } }
}
