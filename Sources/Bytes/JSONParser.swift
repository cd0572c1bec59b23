/// What a text may hold at most; what comes from outside is never trusted to be small.
public struct JSONLimits: Sendable {
    public var bytes: Int
    /// Arrays and objects inside each other.
    public var depth: Int

    public init(bytes: Int = 16 << 20, depth: Int = 64) {
        self.bytes = bytes
        self.depth = depth
    }
}

extension JSON {
    /// Parses one value, strictly by RFC 8259: UTF-8 without a byte order mark, no comments, no trailing commas.
    /// A member's name that appears twice in an object is an error, and so is a number beyond the range of its
    /// kind (integers: 64 bits). `source` names the text in errors. Throws `JSONError.syntax`.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, source: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSON {
        var parser = JSONParser(bytes: bytes, source: source, limits: limits)
        return try parser.parseText()
    }

    public static func parse(
        _ text: String, source: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSON {
        try parse(Array(text.utf8), source: source, limits: limits)
    }

    public static func parse(
        _ bytes: [UInt8], source: String, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSON {
        let result = bytes.withUnsafeBytes { buffer -> Result<JSON, JSONError> in
            Result { () throws(JSONError) in try parse(buffer, source: source, limits: limits) }
        }
        return try result.get()
    }
}

extension JSON {
    /// One string, from its opening quote to its closing one. `source` names the text in errors. Throws `JSONError.syntax`.
    public static func string(_ bytes: UnsafeRawBufferPointer, source: String) throws(JSONError) -> String {
        var parser = JSONParser(bytes: bytes, source: source, limits: JSONLimits())
        guard parser.peek == UInt8(ascii: "\"") else {
            throw parser.failure("expected a string, found \(parser.found)")
        }
        return try parser.parseString()
    }
}

struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    let source: String
    let limits: JSONLimits
    var position = 0

    init(bytes: UnsafeRawBufferPointer, source: String, limits: JSONLimits) {
        self.bytes = bytes
        self.source = source
        self.limits = limits
    }

    mutating func parseText() throws(JSONError) -> JSON {
        guard bytes.count <= limits.bytes else {
            throw failure("\(bytes.count) bytes of JSON, at most \(limits.bytes) are accepted")
        }
        let value = try parseValue(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw failure("expected the end of the text, found \(found)") }
        return value
    }

    private mutating func parseValue(depth: Int) throws(JSONError) -> JSON {
        skipSpace()
        switch peek {
        case UInt8(ascii: "{"): return try parseObject(depth: depth)
        case UInt8(ascii: "["): return try parseArray(depth: depth)
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        default: throw failure("expected a value, found \(found)")
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard peek == word.utf8Start[index] else {
                throw failure("expected a value; true, false and null are the only bare words", at: start)
            }
            position += 1
        }
        return value
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> JSON {
        try enter(depth)
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try parseValue(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            guard take(UInt8(ascii: ",")) else { throw failure("expected , or ] in an array, found \(found)") }
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSON {
        try enter(depth)
        var members: [(String, JSON)] = []
        var names: Set<String> = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw failure("expected a member's name, found \(found)") }
            let name = try parseString()
            guard names.insert(name).inserted else {
                throw failure("the name \"\(name)\" appears twice in one object", at: start)
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("expected : after a name, found \(found)") }
            members.append((name, try parseValue(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .object(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("expected , or } in an object, found \(found)") }
        }
    }

    private mutating func enter(_ depth: Int) throws(JSONError) {
        guard depth < limits.depth else {
            throw failure("arrays and objects are nested deeper than \(limits.depth)")
        }
        position += 1
    }
}

extension JSONParser {
    /// The next byte; 0, which no JSON text holds outside strings, at the end.
    var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

    var found: String {
        guard position < bytes.count else { return "the end" }
        let byte = bytes[position]
        guard (0x21...0x7e).contains(byte) else { return "byte 0x" + SHA256.hexadecimal([byte]) }
        return String(UnicodeScalar(byte))
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0a, 0x0d: position += 1
            default: return
            }
        }
    }

    /// An error at a position, by default the current one.
    func failure(_ reason: String, at offset: Int? = nil) -> JSONError {
        var line = 1
        var column = 1
        for byte in bytes.prefix(offset ?? position) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xc0 != 0x80 {  // not a continuation byte of UTF-8
                column += 1
            }
        }
        return .syntax(source: source, line: line, column: column, reason: reason)
    }
}
