import Bytes

/// A folder beside the files of a run, in which those wait of which nobody knows yet whether they count: on the same file
/// system, so that they need no more than their name. It begins with a dot, as no image's file does, and is locked as long
/// as its process lives: what a killed one left is known by that.
final class ArrivalFolder: Sendable {
    private static let prefix = ".arriving-"

    let path: String
    private let descriptor: Int32

    init(in folder: String) throws(FileError) {
        while true {
            var name = Array("\(folder)/\(Self.prefix)XXXXXX".utf8CString)
            guard mkdtemp(&name) != nil else { throw FileError(path: folder, operation: "write into", code: errno) }
            let path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
            var status = stat()
            // Before it was locked, another run may have taken it for a leftover.
            if flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
                || fstat(descriptor, &status) == 0 && status.st_nlink == 0
            {
                close(descriptor)
                continue
            }
            (self.path, self.descriptor) = (path, descriptor)
            return
        }
    }

    /// Removes it with what nobody gave a name. What cannot be removed does no harm.
    func remove() { Self.remove(path) }

    deinit { close(descriptor) }

    /// Removes those of killed processes.
    static func removeLeftovers(in folder: String) {
        for name in (try? Folder.names(folder)) ?? [] where name.hasPrefix(prefix) {
            let path = folder + "/" + name
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { remove(path) }
        }
    }

    private static func remove(_ path: String) {
        for name in (try? Folder.names(path)) ?? [] { unlink(path + "/" + name) }
        rmdir(path)
    }
}
