import Bytes

/// The options of one call: from the command line, and behind them from a configuration file.
public struct ParsedOptions: Sendable {
    public private(set) var values: [String: String] = [:]
    public private(set) var switches: Set<String> = []
    public private(set) var positionals: [String] = []
    /// Where each option came from: "command line" or the configuration file's path.
    public private(set) var sources: [String: String] = [:]
    private let specifications: [String: OptionSpecification]

    private static let commandLine = "command line"
    /// Beside their long forms, as most programs have them.
    private static let shortForms = ["-h": "--help", "-?": "--help", "-V": "--version", "-v": "--version"]

    /// Understands `--name value`, `--name=value`, switches, `-h` and `-V`, and `--` before operands that begin with a
    /// dash. Whoever asks for help need not give the operands.
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
            try option(Self.shortForms[argument] ?? argument, &rest)
        }
        guard !switches.contains("help"), !operands.contains(positionals.count) else { return }
        if positionals.count > operands.upperBound {
            let operand = positionals[operands.upperBound]
            let isOption = self.specifications[operand.lowercased()]?.instead == nil
            let question = isOption ? Suggestion.question(for: operand, among: names, prefix: "--") : ""
            throw UsageError("unexpected operand \"\(operand)\"\(question)")
        }
        throw UsageError("\(operands.lowerBound) operands are needed, \(positionals.count) given")
    }

    private mutating func option(_ argument: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let parts = argument.drop { $0 == "-" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        guard argument.hasPrefix("--"), let specification = specifications[name], specification.instead == nil else {
            throw unknown(argument, name)
        }
        guard !isGiven(name) else { throw UsageError("--\(name) is given twice") }
        if specification.value == nil {
            guard parts.count == 1 else { throw UsageError("--\(name) takes no value, found \"\(parts[1])\"") }
            switches.insert(name)
            sources[name] = Self.commandLine
        } else if parts.count == 2 {
            try set(name, String(parts[1]), source: Self.commandLine)
        } else {
            guard let value = rest.popFirst() else {
                throw UsageError("--\(name) needs a value: \(specification.value!)")
            }
            // What follows is the next option, not a file of such a name; --name=value takes anything.
            let next = value.dropFirst(2).prefix { $0 != "=" }
            guard !value.hasPrefix("--") || specifications[String(next)] == nil else {
                throw UsageError("--\(name) needs a value: \(specification.value!), found the option \(value)")
            }
            try set(name, value, source: Self.commandLine)
        }
    }

    private func unknown(_ argument: String, _ name: String) -> UsageError {
        if let instead = specifications[name]?.instead { return UsageError("unknown option \(argument): \(instead)") }
        let shown = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
        if !argument.hasPrefix("--"), specifications[name] != nil {
            return UsageError("unknown option \(shown): options begin with two dashes; did you mean --\(name)?")
        }
        let dashes = argument.hasPrefix("--") ? "" : ": options begin with two dashes"
        return UsageError(
            "unknown option \(shown)\(dashes)\(Suggestion.question(for: name, among: names, prefix: "--"))")
    }

    private var names: [String] { specifications.values.filter { $0.instead == nil }.map(\.name).sorted() }

    private static let notConfigured = [
        "config": "a configuration file names no other", "help": "it would end every run",
        "version": "it would end every run",
    ]

    /// Takes over what a configuration file says and the command line did not.
    public mutating func merge(configuration json: JSON, path: String) throws(UsageError) {
        guard case .object(let fields) = json else { throw UsageError("\(path): expected a JSON object of options") }
        for (name, value) in fields {
            if let reason = Self.notConfigured[name], specifications[name] != nil {
                throw UsageError("\(path): \"\(name)\" is for the command line only: \(reason)")
            }
            guard let specification = specifications[name], specification.instead == nil else {
                throw UsageError("\(path): unknown option \"\(name)\"\(Suggestion.question(for: name, among: names))")
            }
            if isGiven(name) { continue }
            if specification.value == nil {
                guard case .bool(let isOn) = value else {
                    throw UsageError("\(path): \"\(name)\": expected true or false")
                }
                if isOn {
                    switches.insert(name)
                    sources[name] = path
                }
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
            try set(name, text, source: path)
        }
    }

    private mutating func set(_ name: String, _ value: String, source: String) throws(UsageError) {
        sources[name] = source
        guard !value.isEmpty else {
            throw UsageError(
                "\(blame(name))--\(name): expected \(specifications[name]?.value ?? "a value"), found nothing")
        }
        if let choices = specifications[name]?.choices, !choices.contains(value) {
            throw UsageError(
                "\(blame(name))--\(name) \(value): expected \(choices.joined(separator: ", "))"
                    + Suggestion.question(for: value, among: choices))
        }
        values[name] = value
    }

    public func isGiven(_ name: String) -> Bool { values[name] != nil || switches.contains(name) }

    /// What was given; `true` for a switch.
    public func text(of name: String) -> String? { values[name] ?? (switches.contains(name) ? "true" : nil) }

    public func isFromCommandLine(_ name: String) -> Bool { isGiven(name) && sources[name] == Self.commandLine }

    public func isFromConfiguration(_ name: String) -> Bool { isGiven(name) && sources[name] != Self.commandLine }

    /// The configuration file that gave an option, for the beginning of an error's text; nothing for the command line.
    public func blame(_ name: String) -> String {
        guard let source = sources[name], source != Self.commandLine else { return "" }
        return source + ": "
    }

    /// The same of options that stand in each other's way.
    public func blame(anyOf names: String...) -> String { names.lazy.map(blame).first { !$0.isEmpty } ?? "" }

    /// Takes back what a configuration file gave of these, where the command line makes them pointless; gives their names.
    public mutating func takeBackConfigured(_ names: some Sequence<String>) -> [String] {
        let found = names.filter(isFromConfiguration).sorted()
        for name in found { remove(name) }
        return found
    }

    package mutating func remove(_ name: String) {
        values[name] = nil
        switches.remove(name)
        sources[name] = nil
    }

    public func integer(_ name: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let text = values[name] else { return nil }
        guard let value = Int(text), range.contains(value) else {
            let expected =
                range.upperBound == Int.max
                ? "\(range.lowerBound) or more" : "\(range.lowerBound)...\(range.upperBound)"
            throw UsageError("\(blame(name))--\(name) \(text): expected a whole number, \(expected)")
        }
        return value
    }

    /// `1` for `1.0`.
    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map(String.init) ?? "\(number)"
    }

    public func number(_ name: String, in range: ClosedRange<Double>) throws(UsageError) -> Double? {
        guard let text = values[name] else { return nil }
        guard let value = Double(text), range.contains(value) else {
            throw UsageError(
                "\(blame(name))--\(name) \(text): expected a number, \(Self.plain(range.lowerBound))...\(Self.plain(range.upperBound))"
            )
        }
        return value
    }
}
