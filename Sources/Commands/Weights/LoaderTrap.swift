import Foundation
import Options

/// Last words for a trap inside URLSession.
///
/// On Linux it ends the process over some responses that HTTP allows, a chunked body with trailing fields for one.
/// The part on the disk stays good; what the person needs is to hear how to go on.
enum LoaderTrap {
    /// From now on a trap writes `message` to standard error and ends the process with `status`. Replaces an earlier
    /// message.
    static func install(message: String, status: ExitStatus) {
        // Kept for good: the handler may run at any moment.
        lastWords = UnsafePointer(strdup(message))
        lastWordsCount = message.utf8.count
        lastStatus = status.rawValue
        // Only what is safe in a signal handler: no allocation, no lock.
        for number in [SIGILL, SIGTRAP] {
            signal(number) { _ in
                _ = write(STDERR_FILENO, lastWords, lastWordsCount)
                _exit(lastStatus)
            }
        }
    }

    /// The system's own way of dying again.
    static func remove() {
        for number in [SIGILL, SIGTRAP] { signal(number, SIG_DFL) }
    }
}

nonisolated(unsafe) private var lastWords: UnsafePointer<CChar>?
nonisolated(unsafe) private var lastWordsCount = 0
nonisolated(unsafe) private var lastStatus: Int32 = 0
