import Bytes

/// The options of one call: from the command line, and behind them from a configuration file.
public struct ParsedOptions: Sendable {
    public private(set) var values: [String: String] = [:]
    public private(set) var switches: Set<String> = []
    public private(set) var positionals: [String] = []
    /// Where each value came from: "command line" or the configuration file's path.
    public private(set) var sources: [String: String] = [:]
    private let specifications: [String: OptionSpecification]

    /// Understands `--name value`, `--name=value`, switches, and `--` before operands that begin with a dash.
    public init(
        arguments: [String], specifications: [OptionSpecification], operands: ClosedRange<Int> = 0...0
    ) throws(UsageError) {
        self.specifications = Dictionary(uniqueKeysWithValues: specifications.map { ($0.name, $0) })
        var rest = arguments[...]
        var onlyOperands = false
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-", !onlyOperands else {
                positionals.append(argument)
                continue
            }
            if argument == "--" {
                onlyOperands = true
                continue
            }
            guard argument.hasPrefix("--") else {
                throw UsageError("unknown option \(argument) (options begin with --)")
            }
            let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let specification = self.specifications[name] else { throw UsageError("unknown option --\(name)") }
            guard values[name] == nil, !switches.contains(name) else { throw UsageError("--\(name) is given twice") }
            if specification.value == nil {
                guard parts.count == 1 else { throw UsageError("--\(name) takes no value") }
                switches.insert(name)
            } else if parts.count == 2 {
                try set(name, String(parts[1]), source: "command line")
            } else {
                guard let value = rest.popFirst() else {
                    throw UsageError("--\(name) needs a value: \(specification.value!)")
                }
                try set(name, value, source: "command line")
            }
        }
        guard operands.contains(positionals.count) else {
            if positionals.count > operands.upperBound {
                throw UsageError("unexpected operand \"\(positionals[operands.upperBound])\"")
            }
            throw UsageError("\(operands.lowerBound) operands are needed, \(positionals.count) given")
        }
    }

    /// Takes over what a configuration file says and the command line did not.
    public mutating func merge(configuration json: JSON, path: String) throws(UsageError) {
        guard case .object(let fields) = json else { throw UsageError("\(path): expected a JSON object of options") }
        for (name, value) in fields {
            guard name != "config", let specification = specifications[name] else {
                throw UsageError("\(path): unknown option \"\(name)\"")
            }
            if values[name] != nil || switches.contains(name) { continue }
            if specification.value == nil {
                guard case .bool(let isOn) = value else {
                    throw UsageError("\(path): \"\(name)\": expected true or false")
                }
                if isOn { switches.insert(name) }
                continue
            }
            let text: String
            switch value {
            case .string(let string): text = string
            case .int(let number): text = String(number)
            case .uint(let number): text = String(number)
            case .double(let number): text = String(number)
            default: throw UsageError("\(path): \"\(name)\": expected a string or a number")
            }
            do {
                try set(name, text, source: path)
            } catch {
                throw UsageError("\(path): \(error.description)")
            }
        }
    }

    private mutating func set(_ name: String, _ value: String, source: String) throws(UsageError) {
        if let choices = specifications[name]?.choices, !choices.contains(value) {
            throw UsageError("--\(name) \(value): expected \(choices.joined(separator: ", "))")
        }
        values[name] = value
        sources[name] = source
    }

    public func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let expected =
                range.upperBound == Int.max
                ? "\(range.lowerBound) or more" : "\(range.lowerBound)...\(range.upperBound)"
            throw UsageError("--\(name) \(text): expected a whole number, \(expected)")
        }
        return value
    }

    public func number(_ name: String, in range: ClosedRange<Double>) throws(UsageError) -> Double? {
        guard let text = values[name] else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw UsageError("--\(name) \(text): expected a number, \(range.lowerBound)...\(range.upperBound)")
        }
        return value
    }
}
