import Foundation
import Testing

/// The table of options in docs/method.md against `stnet-coord --help`.
@Suite struct MethodPageTests {
    private struct Option: Equatable {
        /// "exact|fast"; "" for a switch.
        var values: String
        /// "" where the help has none.
        var standard: String
    }

    /// The options of the sections of the help that can change a result.
    private func helped() throws -> [String: Option] {
        let program = try Program("stnet-coord", ["--help"])
        #expect(program.wait() == 0)
        var options: [String: Option] = [:]
        var isOfResults = false
        var name: String?
        for line in program.standardOutput.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasSuffix(":"), !line.hasPrefix(" ") {
                isOfResults = ["Protocol:", "From gating to a box:", "Pictures and maps:"].contains(line)
            }
            guard isOfResults else { continue }
            if let found = line.wholeMatch(of: #/  --([a-z-]+)( \S+)?(  +.*)?/#) {
                name = "--" + found.1
                options[name!] = Option(values: found.2.map { String($0.dropFirst()) } ?? "", standard: "")
            }
            if let name, let found = line.firstMatch(of: /\(([^()]*)\)$/) { options[name]!.standard = String(found.1) }
        }
        return options
    }

    @Test func eachOptionIsListedWithItsValuesAndItsDefault() throws {
        let rows = try Page("docs/method.md").rows(below: "## All options")
            .filter { $0.count == 4 && $0[0].hasPrefix("`--") }
        var listed: [String: (values: String, standard: String)] = [:]
        for row in rows { listed[Page.names(row[0])[0]] = (row[1], row[2].replacing("`", with: "")) }
        #expect(listed.count == rows.count, "an option is listed twice")
        let helped = try helped()
        #expect(helped.count > 25)
        #expect(Set(listed.keys) == Set(helped.keys))
        for (name, option) in helped {
            guard let row = listed[name] else { continue }
            #expect(row.standard == option.standard, "\(name)")
            // A network's read-outs are not listed.
            guard !option.values.hasSuffix("...") else { continue }
            let names = Page.names(row.values)
            #expect((names.isEmpty ? row.values : names.joined(separator: "|")) == option.values, "\(name)")
        }
    }

    @Test func itsPicturesAreThereAndSmall() throws {
        var total = 0
        for path in ["README.md", "docs/method.md"] {
            let folder = path.hasPrefix("docs/") ? "docs/" : ""
            for found in try Page(path).text.matches(of: /!\[[^\]]+\]\(([^)]+\.jpg)\)/) {
                let attributes = try FileManager.default.attributesOfItem(atPath: Cluster.root + "/\(folder)\(found.1)")
                let bytes = try #require(attributes[.size] as? Int)
                #expect(bytes <= 60_000, "\(found.1)")
                total += bytes
            }
        }
        #expect(total > 0 && total < 1_000_000)
    }
}
