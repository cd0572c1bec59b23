import Foundation
import Testing

/// `make help` against the Makefile.
@Suite struct MakefileTests {
    @Test(.enabled(if: Tool.path("make") != nil, "make is not installed")) func everyTargetHasOneLine() throws {
        let text = try String(contentsOfFile: Cluster.root + "/Makefile", encoding: .utf8)
        let targets = text.matches(of: /(?m)^\.PHONY:(.*)$/).flatMap { $0.1.split(separator: " ").map(String.init) }
        let rules = Set(text.matches(of: /(?m)^([a-z-]+):/).map { String($0.1) })
        #expect(Set(targets) == rules, "a target is missing in .PHONY, or has no rule")
        let help = try Program(#require(Tool.path("make")), ["--no-print-directory", "-C", Cluster.root, "help"])
        #expect(help.wait() == 0, "\(help.standardError)")
        let listed = help.standardOutput.split(separator: "\n").map { line in
            line.split(separator: " ", maxSplits: 2).map { $0.trimmingCharacters(in: .whitespaces) }
        }
        #expect(listed.map { $0[1] }.sorted() == targets.sorted())
        for line in listed {
            #expect(line.count == 3 && line[2].count > 8, "\(line)")
            #expect("make \(line[1].padding(toLength: 14, withPad: " ", startingAt: 0)) \(line[2])".count <= 120)
        }
    }
}
