import Jobs
import SelectiveTuning

/// How a run differs from one that left a journal or a result, in words.
package enum RunDifferences {
    /// Fingerprint fields whose names are for programs; `isDigest` for values of which people need the beginning only.
    private static let readable: [String: (name: String, isDigest: Bool)] = [
        "version": ("version of stnet", false),
        "network_sha256": ("description of the network", true),
        "weights_sha256": ("weights", true),
        "image_sizes_sha256": ("sizes of the image files", true),
        "manifest_sha256": ("ids, labels, boxes, annotated sizes and masks", true),
        "boxes_sha256": ("boxes", true),
        "maps_sha256": ("maps", true),
    ]

    /// `images: 650, now 10; preset: reference, now sharp`. A preset stands for the options that it sets, and a number of
    /// images for the digest of which images they are.
    package static func text(_ differences: [JournalError.Difference], isNow: Bool = true) -> String {
        var rest = differences
        // An evaluation and a score have nothing else in common that could differ.
        if let kind = rest.first(where: { $0.name == "option.method" && !isEvaluation($0) }) { rest = [kind] }
        if rest.contains(where: { $0.name == "images" }) { rest.removeAll { $0.name == "manifest_sha256" } }
        var parts: [String] = []
        if let (old, new) = methods(rest) {
            if old.method != new.method {
                parts.append(part("method", old.method.rawValue, new.method.rawValue, isNow))
            } else {
                parts.append(part("preset", old.preset.rawValue, new.preset.rawValue, isNow))
            }
            rest.removeAll { isExplained($0, old, new) }
        }
        parts += rest.map { difference in
            let field = readable[difference.name]
            let name = field?.name ?? (option(difference) ?? difference.name)
            func value(_ text: String?) -> String {
                guard let text, !text.isEmpty else { return "nothing" }
                return field?.isDigest == true ? String(text.prefix(12)) + "..." : RunTitle.plain(text)
            }
            return part(name, value(difference.journal), value(difference.run), isNow)
        }
        return parts.joined(separator: "; ")
    }

    private static func isEvaluation(_ difference: JournalError.Difference) -> Bool {
        [difference.journal, difference.run].allSatisfy { $0.flatMap(LocalizationMethod.init) != nil }
    }

    private static func part(_ name: String, _ old: String, _ new: String, _ isNow: Bool) -> String {
        isNow ? "\(name): \(old), now \(new)" : "\(name): \(old) and \(new)"
    }

    /// A method with one of its presets.
    private struct Choice {
        var method: LocalizationMethod
        var preset: MethodPreset
        var texts: [String: String]

        static let all = LocalizationMethod.allCases.flatMap { method in
            (method.hasPresets ? MethodPreset.allCases : [.reference]).map { preset in
                Choice(
                    method: method, preset: preset, texts: RunTitle.standardTexts(method: method, preset: preset))
            }
        }
    }

    private static func option(_ difference: JournalError.Difference) -> String? {
        difference.name.hasPrefix("option.") ? String(difference.name.dropFirst("option.".count)) : nil
    }

    private static func isExplained(_ difference: JournalError.Difference, _ old: Choice, _ new: Choice) -> Bool {
        guard let name = option(difference) else { return false }
        return difference.journal == (old.texts[name] ?? "") && difference.run == (new.texts[name] ?? "")
    }

    /// The two choices that explain most of the options that differ; nil where one option at most would be explained.
    private static func methods(_ differences: [JournalError.Difference]) -> (old: Choice, new: Choice)? {
        var best: (count: Int, old: Choice, new: Choice)?
        for old in Choice.all {
            for new in Choice.all {
                let count = differences.count { isExplained($0, old, new) }
                if count > max(1, best?.count ?? 0) { best = (count, old, new) }
            }
        }
        return best.map { ($0.old, $0.new) }
    }
}
