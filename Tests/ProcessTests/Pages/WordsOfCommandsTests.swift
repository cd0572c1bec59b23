import Foundation
import Testing

/// Commands of pages that cannot be run here, because they need data, a GPU or a cluster, are commands all the same: of
/// programs, commands, options and targets that there are.
@Suite struct WordsOfCommandsTests {
    private static func pages() throws -> [Page] {
        let paths = FileManager.default.enumerator(atPath: Cluster.root)!
        var found: [String] = []
        while let path = paths.nextObject() as? String {
            // What was built or made lies there.
            if path.hasPrefix(".") || path.hasPrefix("results") {
                paths.skipDescendants()
            } else if path.hasSuffix(".md"), path != "docs/messages.md" {
                found.append(path)
            }
        }
        return try found.sorted().map { try Page($0) }
    }

    /// Lines that begin with a program, with those that go on behind a backslash, and what stands in backticks.
    private static func commands(_ page: Page) -> [String] {
        let text = page.text.replacing("\\\n", with: " ")
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        return (lines + Page.names(text.replacing("```", with: ""))).map {
            $0.hasPrefix("bin/") ? String($0.dropFirst(4)) : $0
        }
    }

    @Test func theyAreOfProgramsCommandsAndOptionsThatThereAre() throws {
        let programs = ["stnet-coord", "stnet-node", "stnet-tool"]
        let helps = try Dictionary(
            uniqueKeysWithValues: programs.flatMap { program in
                try HelpOfProgram.all(program).map { ("\(program) \($0.command ?? "")", Set($0.options.map(\.name))) }
            })
        var count = 0
        for page in try Self.pages() {
            for command in Self.commands(page) where programs.contains(where: { command.hasPrefix($0 + " ") }) {
                // A comment, another command behind a pipe, or a redirection is none of its words.
                let own = command.prefix { !"#|&>;".contains($0) }
                let words = own.split(separator: " ").map(String.init)
                guard words.contains(where: { $0.hasPrefix("--") }) else { continue }
                let isNamed = words.count > 1 && !words[1].hasPrefix("-") && words[1] != "COMMAND"
                let named = "\(words[0]) \(isNamed ? words[1] : "")"
                guard let options = helps[named] else {
                    Issue.record("\(page.path): \(own)")
                    continue
                }
                count += 1
                for word in words where word.hasPrefix("--") {
                    let name = word.dropFirst(2).prefix { $0.isLetter || $0 == "-" }
                    #expect(options.contains(String(name)), "\(page.path): \(own): --\(name)")
                }
            }
        }
        #expect(count > 40)
    }

    @Test func targetsOfMakeAreThere() throws {
        let makefile = try String(contentsOfFile: Cluster.root + "/Makefile", encoding: .utf8)
        let rules = Set(makefile.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
        var count = 0
        for page in try Self.pages() {
            for command in Self.commands(page) {
                guard let target = command.wholeMatch(of: /make ([a-z-]+)( .*)?/)?.1 else { continue }
                count += 1
                #expect(rules.contains(String(target)), "\(page.path): \(command)")
            }
        }
        #expect(count > 20)
    }
}
