/// Where an option has an effect: beside the values of others that are listed with it. Elsewhere it would be ignored in
/// silence, so there it is refused.
public struct OptionEffect: Sendable, Hashable {
    /// Each of these must hold.
    public var requirements: [Requirement]

    /// One of the alternatives.
    public struct Requirement: Sendable, Hashable {
        public var alternatives: [Alternative]
    }

    public struct Alternative: Sendable, Hashable {
        public var option: String
        /// Nil where it is enough that the option is given.
        public var values: [String]?

        var text: String {
            guard let values else { return "--\(option)" }
            return "--\(option) \(values.joined(separator: " or "))"
        }
    }

    public static let always = OptionEffect(requirements: [])

    /// Where the option has one of these values, given, of a preset or by default.
    public static func beside(_ option: String, _ values: String...) -> OptionEffect {
        beside(option, oneOf: values)
    }

    public static func beside(_ option: String, oneOf values: [String]) -> OptionEffect {
        OptionEffect(requirements: [Requirement(alternatives: [Alternative(option: option, values: values)])])
    }

    /// Where one of these options is given.
    public static func besideAny(of options: String...) -> OptionEffect {
        OptionEffect(requirements: [
            Requirement(alternatives: options.map { Alternative(option: $0, values: nil) })
        ])
    }

    public static func || (one: OptionEffect, other: OptionEffect) -> OptionEffect {
        OptionEffect(requirements: [
            Requirement(alternatives: (one.requirements + other.requirements).flatMap(\.alternatives))
        ])
    }

    public static func && (one: OptionEffect, other: OptionEffect) -> OptionEffect {
        OptionEffect(requirements: one.requirements + other.requirements)
    }

    /// The first requirement that does not hold; `value` gives what an option is, nil where it is not given and has no
    /// default.
    func unmet(_ value: (String) -> String?) -> Requirement? {
        requirements.first { requirement in
            !requirement.alternatives.contains { alternative in
                guard let found = value(alternative.option) else { return false }
                return alternative.values?.contains(found) ?? true
            }
        }
    }
}

extension ParsedOptions {
    /// Checks that every option that was given has an effect. `value` gives what an option without a given value is: by
    /// a preset or by default; `choices` are the options on which that depends.
    ///
    /// What a configuration file says and the command line makes pointless is taken back: the command line wins.
    /// - Returns: those options.
    /// - Throws: `UsageError` for any other one without an effect.
    public mutating func refuseWithoutEffect(
        _ specifications: [OptionSpecification], decidedBy choices: [String] = [], value: (String) -> String?
    ) throws(UsageError) -> [String] {
        let moot = try withoutEffect(specifications, choices, value)
        for name in moot { remove(name) }
        return moot
    }

    private func withoutEffect(
        _ specifications: [OptionSpecification], _ choices: [String], _ value: (String) -> String?
    ) throws(UsageError) -> [String] {
        func find(_ name: String) -> String? { text(of: name) ?? value(name) }
        var moot: [String] = []
        for specification in specifications where isGiven(specification.name) {
            guard let unmet = specification.effect?.unmet({ text(of: $0) ?? value($0) }) else { continue }
            let name = specification.name
            if isFromConfiguration(name),
                (unmet.alternatives.map(\.option) + choices).contains(where: isFromCommandLine)
            {
                moot.append(name)
                continue
            }
            let found = unmet.alternatives.compactMap { alternative in
                alternative.values == nil ? nil : find(alternative.option).map { "--\(alternative.option) is \($0)" }
            }
            throw UsageError(
                "\(blame(name))--\(name) has no effect here: it is for "
                    + unmet.alternatives.map(\.text).joined(separator: " or ")
                    + (found.isEmpty ? "" : " (\(found.joined(separator: ", ")))"))
        }
        return moot
    }
}

extension OptionEffect {
    /// "--prune mean or mean-all, and --box-rule tight"; nil where it always has one.
    var text: String? {
        guard !requirements.isEmpty else { return nil }
        return requirements.map { $0.alternatives.map(\.text).joined(separator: " or ") }.joined(separator: ", and ")
    }
}
