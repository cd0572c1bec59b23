import Bytes
import Evaluation

/// A results directory before and after a run: what lies in it decides whether there is anything to do, and a run that
/// comes to nothing leaves it as it was.
package struct OutputDirectory: Sendable {
    let path: String
    /// Replace what is there.
    let forces: Bool

    package init(path: String, forces: Bool) {
        self.path = path
        self.forces = forces
    }

    var journalPath: String { "\(path)/\(EvaluateCommand.journalName)" }

    /// Looks, and changes nothing.
    /// - Parameters:
    ///   - resumes: whether an unfinished run of this fingerprint is to be gone on with.
    /// - Returns: the finished result of this very run, where there is nothing to do.
    /// - Throws: `OutputError` or `JournalError` for a directory that holds another run's result or journal.
    func finished(_ fingerprint: JournalFingerprint, resumes: Bool) throws -> FinishedOutput? {
        try refuseFolders()
        if forces { return nil }
        let journal = try Journal.peek(path: journalPath, isResult: Ledger.isEvaluated)
        if var finished = try FinishedOutput(directory: path) {
            let differences = finished.differences(from: fingerprint)
            // A run that was to replace the result, and was interrupted; or one that could not write all that it leaves.
            let isGoingOn =
                journal.map { $0.hasResults && fingerprint.differences(from: $0.fingerprint).isEmpty } ?? false
            if resumes, isGoingOn { return nil }
            if differences.isEmpty {
                if isGoingOn {
                    finished.note =
                        "the journal of a run that is not finished lies beside it: --resume goes on with that"
                }
                return finished
            }
            throw OutputError.otherResult(directory: path, title: finished.title, differences)
        }
        if let journal {
            guard journal.hasResults else { return nil }
            guard resumes else { throw JournalError.exists(path: journalPath) }
            let differences = fingerprint.differences(from: journal.fingerprint)
            guard differences.isEmpty else { throw JournalError.differs(path: journalPath, differences) }
        } else {
            try refuseForeignFiles()
        }
        return nil
    }

    /// The same for what has no journal of its own.
    package func finishedWithoutJournal(_ fingerprint: JournalFingerprint) throws -> FinishedOutput? {
        try refuseFolders()
        if forces { return nil }
        if let journal = try Journal.peek(path: journalPath, isResult: Ledger.isEvaluated), journal.hasResults {
            throw OutputError.unfinished(directory: path)
        }
        return try finished(fingerprint, resumes: false)
    }

    /// Neither a run nor --force replaces a folder by a file.
    private func refuseFolders() throws(OutputError) {
        for name in RunOutput.names + [EvaluateCommand.journalName] {
            var status = stat()
            let file = "\(path)/\(name)"
            if lstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { throw .folder(path: file) }
        }
    }

    /// Without a certificate or a journal, these are not of a run.
    private func refuseForeignFiles() throws(OutputError) {
        guard access("\(path)/\(RunOutput.certificateName)", F_OK) != 0 else { return }
        for name in RunOutput.names {
            let file = "\(path)/\(name)"
            if access(file, F_OK) == 0 { throw .foreign(path: file) }
        }
    }

    /// Throws what would be in the way of `make`; looks, and changes nothing.
    package func checkMakeable() throws(FileError) {
        var place = path
        var status = stat()
        while stat(place.isEmpty ? "." : place, &status) != 0, [ENOENT, ENOTDIR].contains(errno), !place.isEmpty,
            place != "/"
        {
            place = parentDirectory(of: place)
        }
        let shown = place.isEmpty ? "." : place
        guard stat(shown, &status) == 0 else {
            throw FileError(path: place, operation: "make the directory", code: errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(
                path: place, operation: "make the directory", reason: "something else has this name")
        }
        guard access(shown, W_OK | X_OK) == 0 else {
            throw FileError(path: path, operation: "make the directory", code: errno)
        }
    }

    /// Makes the directory, and removes the half-written files of runs that were killed.
    /// - Returns: the directories that were not there, the innermost last.
    package func make() throws(FileError) -> [String] {
        let made = try makeDirectories(path)
        AtomicFile.removeLeftovers(in: path) { RunOutput.names.contains($0) }
        return made
    }

    /// Keeps other coordinators out while `body` writes a result, for a command that has no journal: by the lock that a
    /// run's journal has. The journal of a run that was not finished goes with the results that it had, once there is a
    /// new one.
    /// - Throws: `JournalError`, `.locked` where a run is writing here.
    package func whileLocked<Value>(_ body: () throws -> Value) throws -> Value {
        let storage = try FileStorage(path: journalPath, opening: .existingOrNew)
        var scanner = try JournalScanner(storage)
        try Journal.checkMagic(&scanner, storage)
        let value: Value
        do {
            value = try body()
        } catch {
            if scanner.size == 0 { unlink(journalPath) }
            throw error
        }
        guard unlink(journalPath) == 0 || errno == ENOENT else {
            throw FileError(path: journalPath, operation: "remove the journal of the replaced run", code: errno)
        }
        withExtendedLifetime(storage) {}
        return value
    }

    /// After a run that has no result: what it made and left empty goes.
    func removeEmpty(_ made: [String]) { for directory in made.reversed() { rmdir(directory) } }
}
