import Foundation
import Testing

/// The man pages of the three programs against their `--help`.
@Suite struct ManualTests {
    static let programs = ["stnet-coord", "stnet-node", "stnet-tool"]

    /// A page by the names of its program and command; without those that every program has.
    private static func pages(_ program: String) throws -> [(help: HelpOfProgram, name: String, text: String)] {
        try HelpOfProgram.all(program).filter { !["manual", "completion", "version"].contains($0.command) }.map {
            help in
            let command = help.command.map { [$0] } ?? []
            return (
                help, ([program] + command).joined(separator: "-"),
                try HelpOfProgram.said(program, ["manual"] + command)
            )
        }
    }

    @Test(arguments: programs) func everyOptionAndStatusIsThereOnce(program: String) throws {
        for (help, name, text) in try Self.pages(program) {
            #expect(!help.options.isEmpty && !help.exits.isEmpty, "\(name)")
            let heads = text.components(separatedBy: ".TP\n").dropFirst().map { $0.prefix { $0 != "\n" } }
            let options = heads.filter { $0.hasPrefix("\\fB\\-\\-") }
            #expect(options.count == help.options.count, "\(name)")
            for option in help.options {
                let escaped = "\\fB\\-\\-" + option.name.replacing("-", with: "\\-") + "\\fR"
                let found = heads.filter { $0 == escaped || $0.hasPrefix(escaped + " ") }
                #expect(found.count == 1, "\(name) --\(option.name)")
                #expect(found.first.map { $0 == escaped } == (option.value == nil), "\(name) --\(option.name)")
            }
            for exit in help.exits { #expect(heads.count { $0 == "\\fB\(exit.status)\\fR" } == 1, "\(name) \(exit)") }
            // In one piece for programs that make lists of pages.
            #expect(text.contains("\n.SH NAME\n\(name.replacing("-", with: "\\-")) \\- "))
        }
    }

    @Test(.enabled(if: Tool.path("mandoc") != nil, "mandoc is not installed"), arguments: programs)
    func mandocHasNothingToSay(program: String) throws {
        try Self.lint(program) { ["mandoc", "-T", "lint", "-W", "style", $0] }
    }

    @Test(.enabled(if: Tool.path("groff") != nil, "groff is not installed"), arguments: programs)
    func groffHasNothingToSay(program: String) throws {
        try Self.lint(program) { ["groff", "-ww", "-man", "-z", $0] }
    }

    private static func lint(_ program: String, _ command: (String) -> [String]) throws {
        for (_, name, text) in try pages(program) {
            let path = FileManager.default.temporaryDirectory.path + "/\(name)-\(UUID().uuidString).1"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            defer { try? FileManager.default.removeItem(atPath: path) }
            let words = command(path)
            let run = try Program(try #require(Tool.path(words[0])), Array(words.dropFirst()))
            #expect(run.wait() == 0, "\(name)")
            #expect(run.standardOutput + run.standardError == "", "\(name)")
        }
    }

    /// A page has no time and no machine in it.
    @Test func theSameBytesEachTime() throws {
        let first = try HelpOfProgram.said("stnet-coord", ["manual"])
        let second = try Program(
            "stnet-coord", ["manual"], environment: ["TZ": "Asia/Tokyo", "HOME": "/", "LC_ALL": "C"])
        #expect(second.wait() == 0 && second.standardOutput == first)
    }

    /// Who adds a variable that a program reads says so in its page.
    @Test func everyVariableThatIsReadIsThere() throws {
        let pages = try Self.programs.flatMap { try Self.pages($0) }.map(\.text).joined()
        var names: Set<String> = []
        for text in try Sources.texts("Sources") {
            names.formUnion(
                text.matches(of: /(?:environment|Environment\.variables)\["([A-Z_]+)"\]/).map { String($0.1) })
        }
        for file in ["cuda/ck_cuda_driver.c", "cpu/ck_cpu.c"] {
            let text = try String(contentsOfFile: Cluster.root + "/Sources/CKernels/" + file, encoding: .utf8)
            names.formUnion(text.matches(of: /getenv\("([A-Z_]+)"\)/).map { String($0.1) })
        }
        #expect(names.isSuperset(of: ["HOME", "STNET_ISA", "STNET_LIBCUDA", "NOTIFY_SOCKET"]))
        for name in names { #expect(pages.contains(name), "\(name) is read, and no page says so") }
    }

    /// Whatever an example types is an option of the program that it calls.
    @Test func examplesAreCommandLines() throws {
        let helps = try Dictionary(
            uniqueKeysWithValues: Self.programs.flatMap { program in
                try HelpOfProgram.all(program).map { ("\(program) \($0.command ?? "")", Set($0.options.map(\.name))) }
            })
        var count = 0
        for (_, name, text) in try Self.programs.flatMap({ try Self.pages($0) }) {
            for block in text.components(separatedBy: ".nf\n").dropFirst() {
                let lines = block.components(separatedBy: "\n.fi")[0].replacing("\\-", with: "-")
                for command in lines.replacing("\\(rs\n", with: "").split(separator: "\n") {
                    let words = command.split(separator: " ").map(String.init)
                    let key = words.dropFirst().first.map { "\(words[0]) \($0)" } ?? ""
                    let options = try #require(helps[key] ?? helps["\(words[0]) "], "\(name): \(command)")
                    for word in words where word.hasPrefix("--") {
                        #expect(options.contains(String(word.dropFirst(2))), "\(name): \(command): \(word)")
                    }
                    count += 1
                }
            }
        }
        #expect(count >= 12)
    }
}
