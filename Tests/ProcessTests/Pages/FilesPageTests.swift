import Bytes
import Foundation
import Testing

/// docs/files.md against what programs write. STNET_RECORD=1 makes its examples anew.
@Suite(.serialized) struct FilesPageTests {
    private static let path = "docs/files.md"

    /// One run in a process and one on a node, over the same four pictures.
    private final class Runs {
        let cluster: Cluster
        let embedded: Program
        let onNode: Program

        init() throws {
            cluster = try Cluster(pictures: 4)
            let evaluation = cluster.evaluation.dropLast(2) + ["--progress", "json"]
            embedded = try Program("stnet-coord", evaluation + ["--out", "run"], directory: cluster.directory)
            try #require(embedded.wait() == 0, "\(embedded.standardError)")
            let node = try cluster.node(name: "node1")
            try cluster.write("hosts", node.address + "\n")
            onNode = try Program(
                "stnet-coord",
                evaluation + ["--out", "fleet", "--nodes", "hosts", "--key-file", "key", "--log", "log.jsonl"],
                directory: cluster.directory)
            try #require(onNode.wait() == 0, "\(onNode.standardError)")
        }

        func text(_ name: String) throws -> String {
            try String(contentsOfFile: cluster.path(name), encoding: .utf8)
        }
    }

    @Test func theExamplesAreWhatProgramsWrite() throws {
        let runs = try Runs()
        var page = try Page(Self.path)
        let images = try runs.text("run/images.jsonl")
        #expect(try runs.text("fleet/images.jsonl") == images)
        let examples = [
            ("json images.jsonl", images),
            (
                "json summary.json",
                Self.shortened(try JSON.parse(try runs.text("run/summary.json"), source: "summary")).pretty
            ),
            ("json progress", try Self.lastProgress(runs.embedded)),
            ("json progress of a fleet", try Self.lastProgress(runs.onNode)),
            ("json log", try runs.text("log.jsonl")),
        ]
        for (mark, found) in examples {
            if Page.isRecording { try page.record(mark, found) }
            let example = try #require(page.block(mark), "\(Self.path) has no block \(mark)")
            if mark == "json images.jsonl" {
                #expect(example == found, "STNET_RECORD=1 records it anew")
            } else {
                try Self.compare(example, found, mark)
            }
        }
    }

    /// A block is one value, or a value a line.
    private static func values(_ text: String) throws -> [JSON] {
        if let whole = try? JSON.parse(text, source: "block") { return [whole] }
        return try text.split(separator: "\n").map { try JSON.parse(String($0), source: "line") }
    }

    private static func compare(_ example: String, _ found: String, _ mark: String) throws {
        let (expected, values) = (try values(example), try values(found))
        #expect(!expected.isEmpty)
        for line in expected {
            // Of a log, the line with the same message.
            let same = values.filter { $0["message"] == line["message"] }
            #expect(same.contains { isLike($0, line) }, "\(mark): \(line.compact)")
        }
        if mark != "json log" { #expect(expected.count == values.count) }
    }

    /// The same members in the same order, values of the same kind. What has no value just now may have one.
    private static func isLike(_ a: JSON, _ b: JSON) -> Bool {
        switch (a, b) {
        case (.null, _), (_, .null): return true
        case (.object(let a), .object(let b)):
            return a.map(\.0) == b.map(\.0) && zip(a, b).allSatisfy { isLike($0.1, $1.1) }
        case (.array(let a), .array(let b)): return zip(a, b).allSatisfy { isLike($0, $1) }
        default: return a.kind == b.kind || (a.doubleValue != nil && b.doubleValue != nil)
        }
    }

    private static func lastProgress(_ program: Program) throws -> String {
        let lines = program.standardError.split(separator: "\n").filter { $0.contains("\"event\":\"progress\"") }
        return try #require(lines.last) + "\n"
    }

    /// Of what repeats, the first.
    private static func shortened(_ json: JSON) -> JSON {
        switch json {
        case .array(let elements):
            return .array(elements.allSatisfy { $0.doubleValue != nil } ? elements : elements.prefix(1).map(shortened))
        case .object(let members):
            let kept = members.enumerated().filter { place, member in
                guard place > 0 else { return true }
                let before = members[place - 1].0
                let isThreshold = Double(member.0) != nil && Double(before) != nil
                return !isThreshold && !(member.0.hasPrefix("option.") && before.hasPrefix("option."))
            }
            return .object(
                kept.map { _, member in
                    // That of the moment is nobody else's.
                    (member.0, member.0 == "version" ? .string("0.2.0+6f0c2a91d3be") : shortened(member.1))
                })
        default: return json
        }
    }

    @Test func everyMemberIsExplained() throws {
        let page = try Page(Self.path)
        // Metrics have a page of their own.
        var words: Set<String> = []
        for path in [Self.path, "docs/evaluation.md", "docs/method.md", "docs/validity.md"] {
            for line in try Page(path).text.split(whereSeparator: \.isNewline) {
                for name in Page.names(line) {
                    words.insert(name)
                    for part in name.split(separator: ".") { words.insert(String(part)) }
                }
            }
        }
        for mark in [
            "json images.jsonl", "json summary.json", "json progress", "json progress of a fleet", "json log",
        ] {
            for value in try Self.values(try #require(page.block(mark))) {
                for name in Self.members(value) where !words.contains(name) && !words.contains("--" + name) {
                    Issue.record("\(mark): \(Self.path) does not explain \(name)")
                }
            }
        }
    }

    private static func members(_ json: JSON) -> Set<String> {
        switch json {
        case .array(let elements): return elements.reduce(into: []) { $0.formUnion(members($1)) }
        case .object(let all):
            return all.reduce(into: []) { names, member in
                // What a table of `fingerprint` holds are values of other members.
                if member.0.hasPrefix("option.") || member.0.hasPrefix("data.") || Double(member.0) != nil { return }
                names.insert(member.0)
                names.formUnion(members(member.1))
            }
        default: return []
        }
    }

    @Test func everyMessageOfTheLogIsListedWithItsLevel() throws {
        let call = /(?:note|log)\??\(\s*\.(info|warning|error),\s*"([a-z ]+)"/
        let coded = Set(
            try Sources.texts("Sources/Coordinator").flatMap { text in
                text.matches(of: call).map { "\($0.2): \($0.1)" }
            })
        let levels: Set = ["info", "warning", "error"]
        let listed = try Page(Self.path).rows.filter { $0.count == 4 && levels.contains($0[1]) }
        #expect(coded.count > 20)
        #expect(Set(listed.map { "\(Page.names($0[0])[0]): \($0[1])" }) == coded)
    }

    @Test func everyMetricIsListed() throws {
        let coded = Set(
            try Sources.texts("Sources/Coordinator/Observability").flatMap { text in
                text.matches(of: /"(stnet_[a-z0-9_]+)"/).map { String($0.1) }
            })
        let listed = try Page(Self.path).rows.flatMap { Page.names($0[0]) }.filter { $0.hasPrefix("stnet_") }
        #expect(coded.count > 15)
        #expect(Set(listed) == coded)
    }
}
