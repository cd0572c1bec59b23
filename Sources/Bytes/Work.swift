/// How far a long piece of work is that is no evaluation: reading annotations, comparing files, making a page. A value: what is
/// shown is a function of it alone.
public struct Work: Sendable, Hashable {
    /// What is done, such as "reading annotations".
    public var name: String
    public var done: Int
    /// Nil where it is not known beforehand.
    public var total: Int?
    /// What is counted, in the plural: "files", "images"; "bytes" are shown in MB.
    public var unit: String
    /// Since it began.
    public var seconds: Double
    public var isOver: Bool

    public init(
        _ name: String, done: Int = 0, of total: Int? = nil, _ unit: String, seconds: Double = 0, isOver: Bool = false
    ) {
        self.name = name
        self.done = done
        self.total = total
        self.unit = unit
        self.seconds = seconds
        self.isOver = isOver
    }

    /// "reading annotations: 12,400 of 50,000 files, 0:07 left"; "scanning images: 12,400 files". The speed since the
    /// beginning says how much is left.
    public var line: String {
        var text = "\(name): \(count(done))"
        if let total { text += " of \(count(total))" }
        text += isBytes ? " MB" : " \(unit)"
        if let total, done > 0, done < total {
            let left = Int((seconds * Double(total - done) / Double(done)).rounded(.up))
            text += ", \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left"
        }
        return text
    }

    private var isBytes: Bool { unit == "bytes" }

    private func count(_ number: Int) -> String {
        if isBytes { return decimal(Double(number) / 1e6, places: 1) }
        var digits = String(max(0, number))
        var index = digits.count - 3
        while index > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: index))
            index -= 3
        }
        return digits
    }
}
