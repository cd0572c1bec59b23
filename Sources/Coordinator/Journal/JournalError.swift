import Bytes

/// What is wrong with a journal: where, what was found, and what can be done.
public enum JournalError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One field of two fingerprints; nil where a side does not have it.
    public struct Difference: Sendable, Hashable {
        public var name: String
        public var journal: String?
        public var run: String?

        public init(name: String, journal: String?, run: String?) {
            self.name = name
            self.journal = journal
            self.run = run
        }
    }

    /// The file does not begin as a journal does; it is left as it is.
    case notAJournal(path: String, found: String)
    case unknownVersion(path: String, found: UInt16, known: UInt16)
    /// The journal is another run's.
    case differs(path: String, [Difference])
    case locked(path: String)
    /// There is a journal already, and the run was not told to resume it.
    case exists(path: String)
    case missing(path: String)
    /// A record that cannot be read back.
    case damaged(path: String, offset: UInt64, problem: String)
    /// It cannot be told whose results follow; nothing was changed.
    case beginningDamaged(path: String, problem: String)
    /// The system refused; `code` is an errno.
    case system(path: String, operation: String, code: Int32)
    /// An earlier write failed: what follows it could not be read back.
    case writtenBefore(path: String)
    case recordTooLong(path: String, bytes: Int, limit: Int)

    public var description: String {
        switch self {
        case .notAJournal(let path, let found):
            return "\(path): is no journal: \(found); it was not changed: remove it, or choose another --out"
        case .unknownVersion(let path, let found, let known):
            return
                "\(path): a journal of format \(found), this version reads format \(known): go on with the version that wrote "
                + "it, choose another --out, or give --force to begin anew"
        case .differs(let path, let differences):
            return "\(path): the journal of another run, which differs in \(RunDifferences.text(differences)): choose "
                + "another --out, or give --force to begin anew"
        case .locked(let path):
            return "\(path): another coordinator holds this journal"
        case .exists(let path):
            return "\(path): the journal of a run that was not finished: go on with --resume, choose "
                + "another --out, or give --force to begin anew"
        case .missing(let path):
            return "\(path): there is no journal to resume"
        case .damaged(let path, let offset, let problem):
            return "\(path): damaged at byte \(offset): \(problem)"
        case .beginningDamaged(let path, let problem):
            return
                "\(path): its beginning is damaged: \(problem); of which run it is cannot be told: choose another --out, "
                + "or give --force to begin anew"
        case .system(let path, let operation, let code):
            return "\(path): cannot \(operation): \(String(cString: strerror(code)))"
        case .writtenBefore(let path):
            return "\(path): an earlier write failed; resume from the journal once the cause is removed"
        case .recordTooLong(let path, let bytes, let limit):
            return "\(path): a record of \(bytes) bytes, at most \(limit) are possible"
        }
    }
}
