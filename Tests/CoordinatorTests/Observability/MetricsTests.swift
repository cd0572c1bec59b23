import Bytes
import Foundation
import Synchronization
import Testing

@testable import Coordinator

@Suite final class MetricsTests {
    private let folder = FileManager.default.temporaryDirectory.path + "/stnet-" + UUID().uuidString

    init() throws { try makeDirectories(folder) }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func metrics(run: String = "/data/out", done: Int = 3) -> RunMetrics {
        var metrics = RunMetrics(
            progress: FleetProgress(
                overall: Progress(done: done, total: 10, failed: 1, elapsedSeconds: 2),
                accuracy: RunningAccuracy(evaluated: 2, top1Correct: 1, localized: 1),
                nodes: [.init(name: "a\n\"b\"", state: .working, silentSeconds: 1), .init(name: "c", state: .dead)]))
        metrics.run = run
        return metrics
    }

    private func samples(_ text: String) -> [Substring] {
        text.split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    /// Two coordinators on one host would write the same series otherwise, and the collector would refuse both files.
    @Test func everySeriesNamesItsRun() {
        var one = metrics(run: "/data/one \"x\"\n")
        let two = metrics(run: "/data/two")
        one.isValid = true
        let ones = samples(one.prometheusText)
        #expect(ones.count > 20)
        #expect(ones.allSatisfy { $0.contains(#"{run="/data/one \"x\"\n""#) }, "\(ones)")
        let series = (ones + samples(two.prometheusText)).map { $0.prefix { $0 != " " } }
        #expect(ones.contains(#"stnet_images{run="/data/one \"x\"\n"} 10"#))
        #expect(Set(series.map { $0.contains("two") }).count == 2)
    }

    /// Prometheus' naming rules: what ends in _total counts up, and nothing else does.
    @Test func countersAndNoOthersEndInTotal() {
        let types = metrics().prometheusText.split(separator: "\n").filter { $0.hasPrefix("# TYPE") }
        #expect(types.count > 12)
        for line in types {
            let words = line.split(separator: " ")
            #expect(words[2].hasSuffix("_total") == (words[3] == "counter"), "\(line)")
        }
    }

    private final class Problems: Sendable {
        private let texts = Mutex<[String]>([])
        var all: [String] { texts.withLock { $0 } }
        func add(_ error: FileError) { texts.withLock { $0.append("\(error)") } }
    }

    @Test func theFileHoldsTheLastState() throws {
        let problems = Problems()
        let path = folder + "/m.prom"
        let file = try MetricsFile(path: path) { problems.add($0) }
        var last = metrics(done: 10)
        last.isValid = false
        for done in 0..<100 { file.write(metrics(done: done % 10)) }
        file.write(last)
        file.flush(seconds: 30)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("stnet_run_valid{run=\"/data/out\"} 0\n"))
        #expect(text.contains("stnet_images_done{run=\"/data/out\"} 10\n"))
        // Nothing but the file: neither what the check made nor what it was written as.
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["m.prom"])
        #expect(problems.all == [])
    }

    @Test func whatCannotBeWrittenIsSaidOnceAndAgainAfterASuccess() throws {
        let problems = Problems()
        let path = folder + "/sub/m.prom"
        try makeDirectories(folder + "/sub")
        let file = try MetricsFile(path: path) { problems.add($0) }
        var last = metrics()
        last.isValid = true
        func write() {
            file.write(last)
            file.flush(seconds: 30)
        }
        for _ in 0..<2 {
            try FileManager.default.removeItem(atPath: folder + "/sub")
            for _ in 0..<3 { write() }
            try makeDirectories(folder + "/sub")
            write()
        }
        #expect(problems.all == Array(repeating: "\(path): cannot create: No such file or directory", count: 2))
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test func leftoversOfKilledRunsAreRemoved() throws {
        let leftover = folder + "/m.prom.12345-0.tmp"
        try Data("half".utf8).write(to: URL(fileURLWithPath: leftover))
        _ = try MetricsFile(path: folder + "/m.prom") { _ in }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
}
