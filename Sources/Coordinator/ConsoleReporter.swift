import Bytes
import Foundation
import Options

/// Tells what happens to people (progress and messages on standard error), to a log and to Prometheus.
final class ConsoleReporter: RunReporter, @unchecked Sendable {
    /// Failures of single images that are printed; a log has them all.
    private static let printedImages = 20

    private let printer: ProgressPrinter
    private let log: JSONLog?
    private let showsNodes: Bool
    private let start = DispatchTime.now().uptimeNanoseconds
    // Used on the run's thread only.
    private var metricsFile: MetricsFile?
    private var imageNotes = 0
    private var last: RunMetrics?

    /// - Throws: `FileError` where the log cannot be opened.
    init(printer: ProgressPrinter, logPath: String?, metricsPath: String?, showsNodes: Bool) throws {
        self.printer = printer
        self.showsNodes = showsNodes
        if let logPath, logPath != "-" {
            // A log is appended to, which no other file survives either. A pipe or a terminal is nobody's data.
            var status = stat()
            if stat(logPath, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
                try NewFile.check(logPath, as: "--log \(logPath)", kind: "log", isEarlier: JSONLog.isLog)
            }
        }
        log = try logPath.map { path in
            try InputOption(name: "log", path: path, isDefault: false).reading {
                try JSONLog(path: path) { error in printer.say("\(error); the run goes on without the log") }
            }
        }
        metricsFile = metricsPath.map { MetricsFile(path: $0) }
        if let metricsFile {
            try NewFile.check(
                metricsFile.path, as: "--metrics-file \(metricsFile.path)", kind: "file of metrics",
                isEarlier: RunMetrics.isMetrics)
            try InputOption(name: "metrics-file", path: metricsFile.path, isDefault: false).reading {
                try metricsFile.check()
            }
        }
    }

    func show(_ metrics: RunMetrics) {
        last = metrics
        let progress = metrics.progress
        if showsNodes {
            printer.show(progress)
        } else {
            printer.show(progress.overall, runSeconds: progress.runSeconds)
        }
        writeMetrics(metrics)
    }

    func note(_ level: NoteLevel, _ event: StaticString, _ text: String, _ fields: KeyValuePairs<String, String>) {
        log?.log(JSONLog.Level(rawValue: level.rawValue)!, event, fields.map { ($0.key, .string($0.value)) })
        // Where there is one node only, what it cannot do is what the run comes to, and that is said.
        if !showsNodes, ["image failed", "job refused"].contains(event.description) { return }
        if fields.contains(where: { $0.key == "image.id" }) {
            imageNotes += 1
            if imageNotes == ConsoleReporter.printedImages + 1 { printer.say("more images are not named here") }
            if imageNotes > ConsoleReporter.printedImages { return }
        }
        // A note is one line, whatever a node made it of.
        if showsNodes || level != .info { printer.say(StandardError.oneLine(text)) }
    }

    func stateChanged(node: String, to state: Schedule.NodeState) {
        log?.log(.info, "node state", [("node.name", .string(node)), ("node.state", .string(state.rawValue))])
        if showsNodes, state == .suspect || state == .dead { printer.say("\(node) is \(state.rawValue)") }
    }

    /// The run is over.
    func finish(isValid: Bool) {
        log?.log(.info, "run finished", [("run.valid", .bool(isValid))])
        guard var last else { return }
        last.isValid = isValid
        writeMetrics(last)
    }

    private func writeMetrics(_ metrics: RunMetrics) {
        guard metricsFile != nil else { return }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
        let failure = metricsFile!.write(metrics, atSeconds: seconds, isLast: metrics.isValid != nil)
        if let failure { printer.say("\(failure); the run goes on without the metrics") }
    }
}
