import Foundation
import Testing

/// Exit statuses as `--help` lists them against the pages that name them.
@Suite struct ExitStatusTests {
    @Test func docsRunningListsThoseOfAnEvaluation() throws {
        let page = try Page("docs/running.md").text
        let listed = try HelpOfProgram("stnet-coord").exits.map { "\($0.status) \($0.meaning)" }
        let rows = page.matches(of: /(?m)^\| ([0-9]+) \| (.*) \|$/).map {
            "\($0.1) " + $0.2.replacing("`", with: "")
        }
        #expect(rows == listed)
    }

    /// 64, 65 and 130, 143 share a row.
    @Test func theClustersTableHasThoseOfBothPrograms() throws {
        let rows = try Page("cluster/README.md").text
            .matches(of: /(?m)^\| ([0-9]+(?:, [0-9]+)*) \|([^|]*)\|([^|]*)\|[^|]*\|$/)
        var listed = (coordinator: Set<String>(), node: Set<String>())
        for row in rows {
            let statuses = row.1.split(separator: ", ").map(String.init)
            if row.2.contains(where: { $0 != " " }) { listed.coordinator.formUnion(statuses) }
            if row.3.contains(where: { $0 != " " }) { listed.node.formUnion(statuses) }
        }
        #expect(listed.coordinator == Set(try HelpOfProgram("stnet-coord").exits.map(\.status)))
        #expect(listed.node == Set(try HelpOfProgram("stnet-node").exits.map(\.status)))
    }

    @Test func docsMessagesHasNoOther() throws {
        let listed = Set(
            try ManualTests.programs.flatMap { try HelpOfProgram.all($0) }.flatMap { $0.exits.map(\.status) })
        let page = try Page("docs/messages.md").text
        let found = Set(page.matches(of: /(?m)\| ([0-9]+) \|$/).map { String($0.1) })
        #expect(found.count >= 4)
        #expect(found.isSubset(of: listed), "\(found.subtracting(listed))")
    }

    /// Every way of asking, in every program.
    @Test(arguments: ManualTests.programs) func whoAsksIsAnswered(program: String) throws {
        let help = try HelpOfProgram.said(program, ["--help"])
        for form in ["-h", "help"] { #expect(try HelpOfProgram.said(program, [form]) == help, "\(form)") }
        let version = try HelpOfProgram.said(program, ["--version"])
        #expect(version.hasPrefix("stnet ") && version.split(separator: "\n").count == 1)
        for form in ["-V", "version"] { #expect(try HelpOfProgram.said(program, [form]) == version, "\(form)") }
        for command in try HelpOfProgram.all(program).compactMap(\.command) {
            let text = try HelpOfProgram.said(program, [command, "--help"])
            #expect(text.hasPrefix("usage: \(program) \(command)"), "\(command)")
            for forms in [["help", command], [command, "-h"]] {
                #expect(try HelpOfProgram.said(program, forms) == text, "\(forms)")
            }
        }
        let unwritable = try Program(program, ["manual", "--out", "/dev/null/x"])
        #expect(unwritable.wait() == 65)
        #expect(unwritable.standardError.hasPrefix("\(program): --out /dev/null/x: "))
        let unknown = try Program(program, ["help", "nothing"])
        #expect(unknown.wait() == 64)
    }

    @Test(arguments: ManualTests.programs) func everyLineFitsATerminal(program: String) throws {
        for help in try HelpOfProgram.all(program) {
            for line in help.text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        }
    }
}
