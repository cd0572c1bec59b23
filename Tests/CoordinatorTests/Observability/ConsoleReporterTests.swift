import Bytes
import Testing

@testable import Coordinator

/// What people are told while a run goes on: each thing once.
@Suite struct ConsoleReporterTests {
    private final class Lines: @unchecked Sendable {
        private let lock = Lock()
        private var text = ""
        func append(_ more: String) { lock.withLock { text += more } }
        var all: [String] { lock.withLock { text.split(separator: "\n").map(String.init) } }
    }

    private func said(showsNodes: Bool, _ body: (ConsoleReporter) -> Void) throws -> [String] {
        let lines = Lines()
        let reporter = try ConsoleReporter(
            printer: ProgressPrinter(style: .plain, patienceSeconds: 60) { lines.append($0) }, run: "out", logPath: nil,
            metricsPath: nil, showsNodes: showsNodes
        ) { $0 == "gone" ? nil : "/images/\($0).JPEG" }
        body(reporter)
        reporter.flush()
        return lines.all
    }

    @Test func anImageThatFailsIsNamedOnce() throws {
        let lines = try said(showsNodes: true) { reporter in
            for node in ["n1", "n2"] {
                reporter.note(.warning, "image failed", "\(node): a: is empty", ["node.name": node, "image.id": "a"])
            }
            reporter.note(.error, "image given up", "a is given up: is empty", ["image.id": "a"])
            reporter.note(.warning, "image failed", "n1: b: is cut off", ["node.name": "n1", "image.id": "b"])
            reporter.ended()
            #expect(reporter.namedFailures == ["a"])
        }
        #expect(
            lines == ["a is given up: is empty (/images/a.JPEG)", "n1: b: is cut off (tried on another node)"],
            "\(lines)")
    }

    /// Alone: that no file was found was said before the run.
    @Test func anImageWithoutAFileIsNotNamedAgain() throws {
        let lines = try said(showsNodes: false) { reporter in
            reporter.note(.error, "image given up", "gone is given up: no file", ["image.id": "gone"])
            #expect(reporter.namedFailures == ["gone"])
        }
        #expect(lines.isEmpty, "\(lines)")
    }

    @Test func manyNodesAreAddedInOneLine() throws {
        let lines = try said(showsNodes: true) { reporter in
            for number in 1...40 {
                reporter.note(.info, "node added", "h\(number) was added", ["node.address": "h\(number)"])
            }
            reporter.note(.warning, "fleet file", "something else", [:])
            reporter.note(.info, "node added", "late was added", ["node.address": "late"])
            reporter.ended()
        }
        #expect(
            lines == ["40 nodes were added: h1, h2, h3 and 37 more", "something else", "late was added"], "\(lines)")
    }

    /// Beyond twenty the certificate has them, and so the summary says nothing of them that was not said.
    @Test func ofManyImagesOnlySomeAreNamed() throws {
        let lines = try said(showsNodes: false) { reporter in
            for number in 1...30 {
                reporter.note(.error, "image given up", "i\(number) is given up: x", ["image.id": "i\(number)"])
            }
            #expect(reporter.namedFailures.count == 20)
        }
        #expect(lines.count == 21 && lines.last == "more images are not named here", "\(lines)")
    }
}
