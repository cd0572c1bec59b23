import Foundation
import Testing

/// What is wrong, what is said of it, and the exit status: each command is run, and what it said is compared with what
/// was reviewed. STNET_RECORD=1 records it again.
@Suite struct MistakeTests {
    @Test func whatIsSaidIsTheRecordedText() throws {
        let outcomes = try Self.outcomes()
        var text = "# $RUN is: \(MistakeFolder.run)\n# $SCORE is: \(MistakeFolder.score)\n"
        for section in Mistake.all {
            text += "\n## \(section.title)\n\n"
            text += section.mistakes.compactMap { outcomes[$0.what]?.text }.joined(separator: "\n")
        }
        try Self.compare(text, with: "Tests/ProcessTests/Snapshots/mistakes.txt")
        try Self.compare(Self.page(outcomes), with: "docs/messages.md")
    }

    /// One entry after the other: of a text of many pages a failure would say only that it differs.
    private static func compare(_ text: String, with name: String) throws {
        let path = URL(fileURLWithPath: Cluster.root + "/" + name)
        if ProcessInfo.processInfo.environment["STNET_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: path)
        }
        let recorded = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n\n")
        let found = text.components(separatedBy: "\n\n")
        for (found, expected) in zip(found, recorded) { #expect(found == expected, "STNET_RECORD=1 records it anew") }
        #expect(found.count == recorded.count)
    }

    /// For readers: the same as tables.
    private static func page(_ outcomes: [String: MistakeOutcome]) -> String {
        var text = """
            # What is wrong, what is said of it, and the exit status

            Each line was made by running the command and is compared with it by a test. `$RUN` is an evaluation of three
            pictures with all that it needs, `--images`, `--annotations`, `--network` and `--weights`; `$SCORE` is
            `stnet-coord score` of boxes for them.

            """
        for section in Mistake.all {
            text += "\n## \(section.title)\n\n| what is wrong | command | what is said | exit |\n|---|---|---|---|\n"
            text += section.mistakes.compactMap { outcomes[$0.what]?.row }.joined()
        }
        return text
    }

    @Test func eachMistakeHasANameOfItsOwn() {
        let names = Mistake.all.flatMap(\.mistakes).map(\.what)
        #expect(Set(names).count == names.count)
    }

    /// Two at a time: they wait for files and processes more than they compute.
    private static func outcomes() throws -> [String: MistakeOutcome] {
        let mistakes = Mistake.all.flatMap(\.mistakes)
        let results = Results()
        DispatchQueue.concurrentPerform(iterations: mistakes.count) { place in
            let result = Result { try MistakeOutcome(mistakes[place]) }
            results.add(mistakes[place].what, result)
        }
        return try results.all.mapValues { try $0.get() }
    }

    private final class Results: @unchecked Sendable {
        private let lock = NSLock()
        private var found: [String: Result<MistakeOutcome, any Error>] = [:]

        func add(_ what: String, _ result: Result<MistakeOutcome, any Error>) { lock.withLock { found[what] = result } }
        var all: [String: Result<MistakeOutcome, any Error>] { lock.withLock { found } }
    }
}
