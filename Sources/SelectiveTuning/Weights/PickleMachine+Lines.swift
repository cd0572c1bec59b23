/// What stands in a pickle as lines of text: names, and the numbers and texts of protocol 0.
extension PickleMachine {
    private static let nameLimit = 256

    /// Up to a line's end, which is consumed.
    mutating func line(limit: Int = .max) throws(WeightError) -> String {
        let start = cursor.position
        while cursor.position - start < limit {
            if try cursor.byte("a line of a pickle") == 0x0a {
                return String(decoding: cursor.contents(of: start..<cursor.position - 1), as: UTF8.self)
            }
        }
        throw malformed("a global's name is longer than \(PickleMachine.nameLimit) bytes")
    }

    /// A line of a GLOBAL.
    mutating func name() throws(WeightError) -> String { try line(limit: PickleMachine.nameLimit) }

    mutating func memoNumber() throws(WeightError) -> Int {
        guard let number = Int(try line()), number >= 0 else { throw malformed("expected a memo's number") }
        return number
    }

    /// An INT or LONG: `01` and `00` are True and False, `5L` is a long of Python 2.
    mutating func number(_ text: String) -> PickleValue {
        switch text {
        case "01": return .bool(true)
        case "00": return .bool(false)
        default:
            return Int(text.hasSuffix("L") ? String(text.dropLast()) : text).map { .integer($0) } ?? opaque("an int")
        }
    }

    /// A STRING, as Python's repr shows it.
    mutating func quoted(_ text: String) -> PickleValue {
        guard text.utf8.count >= 2, let quote = text.first, quote == "'" || quote == "\"", text.last == quote,
            !text.contains("\\")
        else { return opaque("a str with escapes") }
        return .string(String(text.dropFirst().dropLast()))
    }
}
