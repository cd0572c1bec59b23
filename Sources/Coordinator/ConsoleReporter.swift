import Dispatch
import Bytes
import Options

/// Tells what happens to people (progress and messages on standard error), to a log and to Prometheus. None of them is waited
/// for while the run goes on.
final class ConsoleReporter: RunReporter, @unchecked Sendable {
    /// Failures of single images that are printed; a log has them all.
    private static let printedImages = 20

    private let printer: ProgressPrinter
    private let log: JSONLog?
    private let showsNodes: Bool
    private let run: String
    private let place: SweepPlace?
    private let metricsFile: MetricsFile?
    /// Where an image's file lies here; for people, who look for it.
    private let imagePath: @Sendable (String) -> String?
    // Used on the run's thread only, and when it is over.
    private var imageNotes = 0
    private var said = NoteLimit()
    private var logged = NoteLimit(limit: 1000)
    private var last: RunMetrics?
    /// Nodes that were added and not named yet.
    private var added: [String] = []
    /// What nodes said of images that another may evaluate, by image.
    private var failures: [String: String] = [:]
    /// Images of which it was said that they have failed, and why.
    private(set) var namedFailures: Set<String> = []

    /// `run` names the run beside others that are watched by the same system.
    ///
    /// - Throws: what is wrong with the places of log and metrics.
    init(
        printer: ProgressPrinter, run: String, logPath: String?, metricsPath: String?, place: SweepPlace? = nil,
        showsNodes: Bool,
        imagePath: @escaping @Sendable (String) -> String? = { _ in nil }
    ) throws {
        self.imagePath = imagePath
        self.printer = printer
        self.run = run
        self.place = place
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
        metricsFile = try metricsPath.map { path in
            try NewFile.check(
                path, as: "--metrics-file \(path)", kind: "file of metrics", isEarlier: RunMetrics.isMetrics)
            return try InputOption(name: "metrics-file", path: path, isDefault: false).reading {
                try MetricsFile(path: path) { error in printer.say("\(error); the run goes on without the metrics") }
            }
        }
    }

    func show(_ metrics: RunMetrics) {
        var metrics = metrics
        metrics.run = run
        metrics.progress.isAlone = !showsNodes
        metrics.progress.place = place
        metrics.progress.leasesOut = metrics.leasesOutstanding
        last = metrics
        sayAdded()
        printer.show(metrics.progress)
        metricsFile?.write(metrics)
        sayRest()
    }

    func note(_ level: NoteLevel, _ event: StaticString, _ text: String, _ fields: KeyValuePairs<String, String>) {
        let image = fields.first { $0.key == "image.id" }?.value
        let node = fields.first { $0.key == "node.address" || $0.key == "node.name" }?.value ?? ""
        let subject = NoteLimit.Subject(event: event.description, node: node)
        // Images are a bounded number, and a log names each.
        if image != nil || logged.admits(text, subject, at: seconds) {
            log?.log(
                JSONLog.Level(rawValue: level.rawValue)!, event, ofRun(fields.map { ($0.key, .string($0.value)) }))
        }
        if showsNodes, event.description == "node added" {
            added.append(node)
            return
        }
        sayAdded()
        // Where there is one node only, what it cannot do is what the run comes to, and that is said.
        if !showsNodes, event.description == "job refused" { return }
        guard showsNodes || level != .info else { return }
        guard let image else {
            say(text, subject)
            return
        }
        switch event.description {
        // What becomes of the image is said once, when it is known.
        case "image failed": if showsNodes { failures[image] = failures[image] ?? text }
        case "image given up":
            failures[image] = nil
            // An image that no file was found of was named before the run began.
            if !showsNodes, imagePath(image) == nil {
                namedFailures.insert(image)
                return
            }
            if sayOfImage(text + (imagePath(image).map { " (\($0))" } ?? "")) { namedFailures.insert(image) }
        default: sayOfImage(text)
        }
    }

    /// False where too many were said already.
    @discardableResult
    private func sayOfImage(_ text: String) -> Bool {
        imageNotes += 1
        if imageNotes == ConsoleReporter.printedImages + 1 { printer.say("more images are not named here") }
        guard imageNotes <= ConsoleReporter.printedImages else { return false }
        printer.say(text)
        return true
    }

    /// Nodes come by the dozen when a run begins: one line for all of them.
    private func sayAdded() {
        guard let first = added.first else { return }
        let shown = 3
        let names = added.prefix(shown).joined(separator: ", ")
        let more = added.count > shown ? " and \(added.count - shown) more" : ""
        printer.say(added.count == 1 ? "\(first) was added" : "\(added.count) nodes were added: \(names)\(more)")
        added = []
    }

    /// Images that a node could not evaluate and that were not given up: something may be wrong with its copies.
    private func sayFailures() {
        guard !failures.isEmpty else { return }
        for image in failures.keys.sorted().prefix(5) {
            printer.say("\(failures[image]!) (tried on another node)")
        }
        if failures.count > 5 { printer.say("and \(failures.count - 5) more images failed on one node only") }
        failures = [:]
    }

    /// Nothing more comes of the nodes: the last state is shown as that. The results are still to be written.
    func ended() {
        sayAdded()
        sayFailures()
        guard var progress = last?.progress else { return }
        progress.isOver = true
        printer.show(progress)
        // What is shown next must not take its place before it was written.
        printer.flush()
    }

    func stateChanged(node: String, to state: Schedule.NodeState) {
        let subject = NoteLimit.Subject(event: "node state", node: node)
        if logged.admits(state.rawValue, subject, at: seconds) {
            log?.log(
                .info, "node state", ofRun([("node.name", .string(node)), ("node.state", .string(state.rawValue))]))
        }
        if showsNodes, state == .suspect || state == .dead { say("\(node) is \(state.rawValue)", subject) }
    }

    /// The run is over. What still waits is written within a second, or not at all.
    func finish(isValid: Bool) {
        sayRest(isEnd: true)
        log?.log(.info, "run finished", ofRun([("run.valid", .bool(isValid))]))
        if var last {
            last.isValid = isValid
            metricsFile?.write(last)
        }
        flush()
    }

    /// Waits for whoever reads, a second in all.
    func flush() {
        let end = seconds + StandardError.patienceSeconds
        metricsFile?.flush(seconds: StandardError.patienceSeconds)
        log?.flush(seconds: max(0, end - seconds))
        printer.flush()
    }

    /// A line's members; of a sweep with the run that it is of.
    private func ofRun(_ fields: [(String, JSON)]) -> [(String, JSON)] {
        fields + (place.map { [("run.job", .string($0.job))] } ?? [])
    }

    private func say(_ text: String, _ subject: NoteLimit.Subject) {
        if said.admits(text, subject, at: seconds) { printer.say(text) }
    }

    private func sayRest(isEnd: Bool = false) {
        for rest in said.rest(at: seconds, isEnd: isEnd) { printer.say(rest.line) }
        for rest in logged.rest(at: seconds, isEnd: isEnd) {
            log?.log(
                .warning, "lines left out",
                ofRun([
                    ("log.lines", .int(rest.count)), ("log.message", .string(rest.subject.event)),
                    ("node.name", .string(rest.subject.node)),
                ]))
        }
    }

    private var seconds: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }
}
