/// The members of one object, taken one by one, so that what is wrong or left over is named:
/// a misspelt option in a configuration must not be ignored.
public struct JSONFields: Sendable {
    public let source: String
    /// Where the object stands in its text, such as `layers[3]`; empty at the top.
    public let path: String
    private let members: [(String, JSON)]
    private var taken: Set<String> = []

    /// Throws `JSONError.field` when `value` is no object.
    public init(_ value: JSON, source: String, path: String = "") throws(JSONError) {
        guard case .object(let members) = value else {
            throw .field(source: source, path: path, reason: "expected an object, found \(value.kind)")
        }
        self.source = source
        self.path = path
        self.members = members
    }

    /// An error about the member `name`.
    public func failure(_ name: String, _ reason: String) -> JSONError {
        .field(source: source, path: path.isEmpty ? name : "\(path).\(name)", reason: reason)
    }

    /// The member, or nil where there is none or it is null.
    public mutating func optional(_ name: String) -> JSON? {
        taken.insert(name)
        guard let value = members.first(where: { $0.0 == name })?.1, !value.isNull else { return nil }
        return value
    }

    public mutating func required(_ name: String) throws(JSONError) -> JSON {
        guard let value = optional(name) else { throw failure(name, "is missing") }
        return value
    }

    public mutating func string(_ name: String) throws(JSONError) -> String {
        try read(name, "a string", \.stringValue)
    }

    public mutating func bool(_ name: String) throws(JSONError) -> Bool {
        try read(name, "true or false", \.boolValue)
    }

    public mutating func double(_ name: String) throws(JSONError) -> Double {
        try read(name, "a number", \.doubleValue)
    }

    public mutating func array(_ name: String) throws(JSONError) -> [JSON] {
        try read(name, "an array", \.arrayValue)
    }

    /// Strings, all of them: the first element of another kind is an error.
    public mutating func strings(_ name: String) throws(JSONError) -> [String] {
        try elements(name, "a string", \.stringValue)
    }

    /// Numbers, all of them.
    public mutating func doubles(_ name: String) throws(JSONError) -> [Double] {
        try elements(name, "a number", \.doubleValue)
    }

    /// Integers, all of them.
    public mutating func ints(_ name: String) throws(JSONError) -> [Int] {
        try elements(name, "an integer", \.intValue)
    }

    /// Arrays of numbers, all of them.
    public mutating func tableOfDoubles(_ name: String) throws(JSONError) -> [[Double]] {
        let rows = try elements(name, "an array", \.arrayValue)
        var table: [[Double]] = []
        for (row, values) in rows.enumerated() {
            table.append(try elements("\(name)[\(row)]", of: values, "a number", \.doubleValue))
        }
        return table
    }

    /// An object whose members' names are data, and their values integers.
    public mutating func intsByName(_ name: String) throws(JSONError) -> [(name: String, value: Int)] {
        try members(name, "an integer", \.intValue)
    }

    /// An object whose members' names are data, and their values strings.
    public mutating func stringsByName(_ name: String) throws(JSONError) -> [(name: String, value: String)] {
        try members(name, "a string", \.stringValue)
    }

    public mutating func int(
        _ name: String, in range: ClosedRange<Int> = Int.min...Int.max
    ) throws(JSONError) -> Int {
        let value = try read(name, "an integer", \.intValue)
        guard range.contains(value) else {
            throw failure(name, "expected \(range.lowerBound) to \(range.upperBound), found \(value)")
        }
        return value
    }

    /// An object inside this one.
    public mutating func fields(_ name: String) throws(JSONError) -> JSONFields {
        let value = try required(name)
        return try JSONFields(value, source: source, path: path.isEmpty ? name : "\(path).\(name)")
    }

    /// Throws for the first member that was never asked for.
    public func finish() throws(JSONError) {
        for (name, _) in members where !taken.contains(name) {
            throw failure(name, "is not known here (known: \(taken.sorted().joined(separator: ", ")))")
        }
    }

    private mutating func members<Value>(
        _ name: String, _ expected: String, _ value: (JSON) -> Value?
    ) throws(JSONError) -> [(name: String, value: Value)] {
        var values: [(String, Value)] = []
        for (member, element) in try read(name, "an object", \.objectValue) {
            guard let value = value(element) else {
                throw failure("\(name).\(member)", "expected \(expected), found \(element.kind)")
            }
            values.append((member, value))
        }
        return values
    }

    private mutating func elements<Value>(
        _ name: String, _ expected: String, _ value: (JSON) -> Value?
    ) throws(JSONError) -> [Value] {
        try elements(name, of: try array(name), expected, value)
    }

    private func elements<Value>(
        _ name: String, of array: [JSON], _ expected: String, _ value: (JSON) -> Value?
    ) throws(JSONError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(array.count)
        for (place, element) in array.enumerated() {
            guard let value = value(element) else {
                throw failure("\(name)[\(place)]", "expected \(expected), found \(element.kind)")
            }
            values.append(value)
        }
        return values
    }

    private mutating func read<Value>(
        _ name: String, _ expected: String, _ value: (JSON) -> Value?
    ) throws(JSONError) -> Value {
        let member = try required(name)
        guard let result = value(member) else {
            throw failure(name, "expected \(expected), found \(member.kind)")
        }
        return result
    }
}
