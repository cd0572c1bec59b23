import Bytes

/// One option of a command: its name without the dashes, what its value looks like, and what it does.
public struct OptionSpecification: Sendable, Hashable {
    public var name: String
    /// "PATH", "N" or "a|b|c"; nil for a switch.
    public var value: String?
    public var help: String
    /// What holds when the option is not given; for people.
    public var defaultText: String?
    /// Beside which others it has an effect; nil where nobody said.
    public var effect: OptionEffect?
    /// For a name that there is not, and that people look for: what to do instead.
    public var instead: String?
    /// Values that can be given and that `value` does not list: "alexnet" where it says "NAME".
    public var known: [String]

    public init(
        _ name: String, _ value: String?, _ help: String, default defaultText: String? = nil,
        effect: OptionEffect? = nil, known: [String] = []
    ) {
        self.name = name
        self.value = value
        self.help = help
        self.defaultText = defaultText
        self.effect = effect
        self.known = known
    }

    /// "--out DIR".
    var form: String { "--" + name + (value.map { " " + $0 } ?? "") }

    /// What it does in half a line, where there is no room for what each of its values does.
    var brief: String { String(help.prefix { $0 != ";" }) }

    /// What can stand behind it; nil for a switch.
    var candidates: ValueCandidates? { value.map { ValueCandidates($0, known: known) } }

    /// An option that there is not. It stands in no help.
    public static func absent(_ name: String, instead: String) -> OptionSpecification {
        var specification = OptionSpecification(name, nil, "")
        specification.instead = instead
        return specification
    }

    /// The values to choose from, where the placeholder lists them in lower case, be it one alone.
    var choices: [String]? {
        guard let value, !value.contains("."), value.lowercased() == value else { return nil }
        return value.split(separator: "|").map(String.init)
    }
}

/// A command line that cannot be followed: one line that names the option. Exit status 64.
public struct UsageError: Error, CustomStringConvertible, Sendable, Equatable {
    public let description: String

    public init(_ description: String) { self.description = description }
}
