import SelectiveTuning

extension LocalizationMethod {
    /// The options of a run by this method, from those that were given by their names. Throws for a preset of a method
    /// that has none, for another method's options, and as `JobOptions` does.
    public func options(preset: MethodPreset?, given: [String: String]) throws(JobOptionError) -> JobOptions {
        if preset != nil, !hasPresets {
            throw mismatch("preset", LocalizationMethod.allCases.filter(\.hasPresets))
        }
        for name in given.keys.sorted() where othersOptions.contains(name) {
            throw mismatch(name, LocalizationMethod.having(name))
        }
        let standard = standardOptions.merging(preset?.texts ?? [:]) { _, preset in preset }
        var options = try JobOptions(standard.merging(given) { _, given in given })
        options.localization.method = self
        return options
    }

    private func mismatch(_ option: String, _ methods: [LocalizationMethod]) -> JobOptionError {
        let names = methods.map(\.rawValue)
        let listed = names.count < 2 ? names.joined() : names.dropLast().joined(separator: ", ") + " or " + names.last!
        return JobOptionError(description: "--\(option) is for --method \(listed), not for \(rawValue)", name: option)
    }
}
