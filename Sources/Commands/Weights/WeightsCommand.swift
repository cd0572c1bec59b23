import Coordinator
import Dispatch
import Bytes
import Options
import SelectiveTuning

/// `stnet-coord weights`: fetches published weights and checks their digest.
public struct WeightsCommand {
    private let options: WeightsOptions
    private let policy: FetchPolicy
    /// Results, for standard output.
    private let say: (String) -> Void
    /// Progress and errors, for standard error.
    private let printer: FetchPrinter

    private let curl: String

    /// `curl` is a name in PATH or a path; `note` takes what goes to standard error.
    public init(
        _ options: WeightsOptions, policy: FetchPolicy = FetchPolicy(), curl: String = "curl",
        say: @escaping (String) -> Void = { StandardOutput.say($0) }, note: (@Sendable (String) -> Void)? = nil
    ) {
        self.curl = curl
        self.options = options
        self.policy = policy
        self.say = say
        printer = FetchPrinter(style: options.progress, write: note)
    }

    /// Blocks until all files are there or one cannot be had.
    public func run() -> ExitStatus {
        guard !options.files.isEmpty else {
            list()
            return .valid
        }
        for file in options.files {
            do {
                try get(file)
            } catch {
                return fail(
                    file, (error as? FetchError) ?? (error as? FileError).map(FetchError.init) ?? .cut("\(error)"))
            }
        }
        return .valid
    }

    private func path(_ file: PublishedWeights) -> String {
        (options.directory.hasSuffix("/") ? options.directory : options.directory + "/") + file.fileName
    }

    private func list() {
        for file in PublishedWeights.all {
            let isThere = PartialFile.isTaken(path(file))
            say(
                TerminalText.column(file.name, width: 20) + path(file)
                    + (isThere ? " (there)" : ""))
        }
    }

    private func get(_ file: PublishedWeights) throws {
        let target = path(file)
        if try isPresent(file) { return }
        let made = try makeDirectories(options.directory)
        // Where nothing came, nothing is left.
        defer { for directory in made.reversed() { rmdir(directory) } }
        let part = try PartialFile(path: target + ".part")
        defer { part.close() }
        // Another fetch may have completed it while this one began.
        if try isPresent(file) { return part.remove() }
        defer { if part.count == 0 { part.remove() } }
        try part.restore()
        if !part.hasDigest(file.digestPrefix) {
            let url = options.baseURL + "/" + file.fileName
            printer.say("fetching \(url)")
            let earlier = part.count
            try fetch(file.fileName, from: url, to: part)
            if earlier > 0, !part.hasDigest(file.digestPrefix) {
                printer.say("what an earlier fetch left does not belong to this file: beginning anew")
                try part.clear()
                try fetch(file.fileName, from: url, to: part)
            }
        }
        let digest = try part.finish(as: target, digestPrefix: file.digestPrefix)
        printer.leave()
        say("\(target): \(part.count) bytes, SHA-256 \(digest), begins with \(file.digestPrefix) as published")
    }

    private func fetch(_ name: String, from url: String, to part: PartialFile) throws {
        let printer = printer
        var progress = FetchProgress(name: name)
        let fetcher = FileFetcher(url: url, part: part, policy: policy, curl: curl) { count, total in
            let now = Double(DispatchTime.now().uptimeNanoseconds) / 1e9
            progress.record(count, total: total, at: now)
            printer.show(progress, at: now)
        } onNote: {
            printer.say($0)
        }
        try fetcher.run()
    }

    /// Whether the file is there already, in which case that is said. Throws when another one is.
    private func isPresent(_ file: PublishedWeights) throws -> Bool {
        let target = path(file)
        guard PartialFile.isTaken(target) else { return false }
        let mapped = try MappedFile(path: target)
        let digest = SHA256.hex(mapped.bytes, of: target)
        guard digest.hasPrefix(file.digestPrefix) else {
            throw FetchError.otherFilePresent(path: target, prefix: file.digestPrefix, found: digest)
        }
        say("\(target): is there already, SHA-256 \(digest), begins with \(file.digestPrefix) as published")
        return true
    }

    private func fail(_ file: PublishedWeights, _ error: FetchError) -> ExitStatus {
        printer.leave()
        guard error.isAboutServer else {
            printer.say("stnet-coord: \(error)")
            return error.exitStatus
        }
        printer.say("stnet-coord: \(options.baseURL)/\(file.fileName): \(error)")
        let part = path(file) + ".part"
        if PartialFile.isTaken(part) {
            printer.say("what has come is kept in \(part); the same command goes on from there")
        }
        for line in file.instructions(path: path(file)) { printer.say(line) }
        return error.exitStatus
    }
}
