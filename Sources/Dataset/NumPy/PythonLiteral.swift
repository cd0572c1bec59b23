/// Reads the little of Python's literals that `.npy` headers are made of: one dictionary of texts, truth values and
/// tuples of integers. It runs nothing and keeps no more than it was given.
struct PythonLiteral {
    enum Value: Hashable {
        case text(String)
        case truth(Bool)
        case numbers([Int])

        var shown: String {
            switch self {
            case .text(let text): FieldText.quoted(text)
            case .truth(let value): value ? "True" : "False"
            case .numbers(let numbers): "\(numbers)"
            }
        }
    }

    private let bytes: ArraySlice<UInt8>
    private var place: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        place = bytes.startIndex
    }

    /// What has not been read, for a message.
    var rest: String { FieldText.quoted(String(decoding: bytes[place...].prefix(80), as: UTF8.self)) }

    /// `{'name': value, ...}` with nothing but white space behind it; nil, and stands where it fails, for anything else.
    mutating func dictionary() -> [(name: String, value: Value)]? {
        var members: [(String, Value)] = []
        guard take("{") else { return nil }
        while !take("}") {
            guard let name = text(), take(":"), let value = value() else { return nil }
            members.append((name, value))
            guard take(",") || next == UInt8(ascii: "}") else { return nil }
        }
        skipSpace()
        return place == bytes.endIndex ? members : nil
    }

    private var next: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

    private mutating func value() -> Value? {
        skipSpace()
        switch next {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map(Value.text)
        case UInt8(ascii: "("): return tuple().map(Value.numbers)
        case UInt8(ascii: "T"): return take(word: "True") ? .truth(true) : nil
        case UInt8(ascii: "F"): return take(word: "False") ? .truth(false) : nil
        default: return nil
        }
    }

    private mutating func text() -> String? {
        skipSpace()
        guard let quote = next, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        // No name of a type and no member needs an escape.
        guard let end = bytes[(place + 1)...].firstIndex(where: { $0 == quote || $0 == UInt8(ascii: "\\") }),
            bytes[end] == quote
        else { return nil }
        defer { place = end + 1 }
        return String(decoding: bytes[(place + 1)..<end], as: UTF8.self)
    }

    private mutating func tuple() -> [Int]? {
        guard take("(") else { return nil }
        var numbers: [Int] = []
        while !take(")") {
            guard let number = integer() else { return nil }
            numbers.append(number)
            let isSeparated = take(",")
            // `(5)` is a number; the tuple is `(5,)`.
            guard isSeparated || (next == UInt8(ascii: ")") && numbers.count > 1) else { return nil }
        }
        return numbers
    }

    /// Digits, with the `L` that Python 2 wrote behind long ones.
    private mutating func integer() -> Int? {
        skipSpace()
        let digits = bytes[place...].prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
        guard !digits.isEmpty, let number = Int(String(decoding: digits, as: UTF8.self)) else { return nil }
        place = digits.endIndex
        if next == UInt8(ascii: "L") { place += 1 }
        skipSpace()
        return number
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        place += 1
        skipSpace()
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard bytes[place...].starts(with: word.utf8) else { return false }
        place += word.utf8.count
        skipSpace()
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == UInt8(ascii: " ") || UInt8(ascii: "\t")...UInt8(ascii: "\r") ~= byte {
            place += 1
        }
    }
}
