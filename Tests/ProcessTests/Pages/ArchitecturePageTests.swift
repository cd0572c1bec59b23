import Foundation
import Testing

/// ARCHITECTURE.md against Package.swift and the sources.
@Suite struct ArchitecturePageTests {
    private let page: Page

    init() throws { page = try Page("ARCHITECTURE.md") }

    /// The dependencies of the targets below Sources.
    private func packaged() throws -> [String: Set<String>] {
        let manifest = try String(contentsOfFile: Cluster.root + "/Package.swift", encoding: .utf8)
            .split(separator: "\n").filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
        let target = /\.(?:executableTarget|target)\(\s*name: "([^"]+)",\s*dependencies: \[([^\]]*)\](.*)/
        var found: [String: Set<String>] = [:]
        for match in manifest.matches(of: target) {
            let name = String(match.1)
            guard FileManager.default.fileExists(atPath: Cluster.root + "/Sources/" + name) else { continue }
            found[name] = Set(match.2.matches(of: /"([^"]+)"/).map { String($0.1) })
        }
        return found
    }

    /// Modules without logic, which the page names below its table.
    private let trivial: Set = ["CJPEG", "CCommit", "Commit"]

    private func listed() -> [(name: String, imports: [String])] {
        page.rows.filter { $0.count == 3 }.map { (Page.names($0[0])[0], Page.names($0[1])) }
    }

    @Test func theTableOfModulesIsThatOfThePackage() throws {
        let packaged = try packaged()
        #expect(packaged.count > 12)
        let listed = Dictionary(listed().map { ($0.name, Set($0.imports)) }) { first, _ in first }
        #expect(Set(listed.keys) == Set(packaged.keys).subtracting(trivial))
        for (name, imports) in listed {
            let expected = (packaged[name] ?? []).subtracting(["CJPEG", "CCommit"])
            #expect(imports == expected, "\(name)")
        }
    }

    @Test func importsPointUpInTheTable() {
        var above: Set<String> = trivial
        for (name, imports) in listed() {
            #expect(Set(imports).subtracting(above).isEmpty, "\(name)")
            above.insert(name)
        }
    }

    @Test func sourcesImportWhatTheTableSays() throws {
        let modules = Set(listed().map(\.name)).union(trivial)
        for (name, imports) in listed() {
            let used = Set(
                try Sources.texts("Sources/" + name).flatMap { text in
                    text.matches(of: /(?m)^(?:@testable |package |public )?import (?:struct |enum |func )?(\w+)/)
                        .map { String($0.1) }
                })
            #expect(used.intersection(modules).subtracting(imports + ["CCommit", "CJPEG"]).isEmpty, "\(name)")
        }
    }

    @Test func everyFileThatIsNamedIsThere() {
        let names = page.text.split(whereSeparator: \.isNewline).flatMap { Page.names($0) }
        var count = 0
        for name in names where name.contains("/") && !name.contains(" ") {
            let places = [name, "Sources/SelectiveTuning/" + name].map { Cluster.root + "/" + $0 }
            #expect(places.contains { FileManager.default.fileExists(atPath: $0) }, "\(name)")
            count += 1
        }
        #expect(count > 60)
    }

    @Test func theWayOfALeaseHasAsManyFilesAsItSays() throws {
        let part = try #require(page.text.components(separatedBy: "<!-- way: lease -->").last)
        let way = try #require(part.components(separatedBy: "<!-- end -->").first)
        let steps = way.matches(of: /(?m)^(\d+)\. `(Sources\/[^`]+)`/)
        #expect(steps.map { Int($0.1) } == (1...steps.count).map { $0 })
        #expect(Set(steps.map(\.2)).count == steps.count, "a file is named once")
        #expect(page.text.contains("it passes \(steps.count) files"))
    }
}
