import Bytes
import Dispatch
import Protocol

/// Keeps the files that nodes make: writes each aside, gives it its name once its result counts, and removes what counts no
/// more.
///
/// Names are given and taken on one queue, in the order in which that was decided. The bytes are written on a queue for each
/// connection: a slow disk holds up the nodes that write, and not the event loop. What lies queued is bounded by the protocol's
/// window.
///
/// After a power failure, too, no file lies beside a result that it was not made with: a file is flushed before it gets its
/// name, and one that counts no more is removed after the journal that says so and before anything is heard that takes its place.
final class ArtifactStore: @unchecked Sendable {
    private let files: ArtifactFiles
    private let journal: any JournalStorage
    private let id: @Sendable (Int) -> String
    private let post: @Sendable (RunEvent) -> Void
    private let names = DispatchQueue(label: "stnet.artifacts.names")
    private let lock = Lock()
    // Under the lock.
    private var writers: [Int: DispatchQueue] = [:]
    private var folders: [ArtifactKind: ArrivalFolder] = [:]
    private var failure: FileError?
    // On the queue of names.
    /// What lies aside, by session.
    private var arrived: [Int: [Arrival: Set<ArtifactKind>]] = [:]
    /// Folders in which names were given that a power failure could undo.
    private var unflushed: Set<String> = []

    /// - Parameters:
    ///   - journal: flushed to the disk before a file of an image is removed.
    ///   - id: of an image, by its place in the manifest.
    ///   - post: takes `.stored`, `.filesRemoved`, `.storeFailed` and `.journalFailed`, on other threads.
    init(
        _ files: ArtifactFiles, journal: any JournalStorage, id: @escaping @Sendable (Int) -> String,
        post: @escaping @Sendable (RunEvent) -> Void
    ) {
        (self.files, self.journal, self.id, self.post) = (files, journal, id, post)
    }

    /// Writes a file aside: `.stored` once it is on the disk.
    func store(_ arrival: Arrival, _ kind: ArtifactKind, _ bytes: [UInt8]) {
        let writer = lock.withLock {
            let writer = writers[arrival.session] ?? DispatchQueue(label: "stnet.artifacts")
            writers[arrival.session] = writer
            return writer
        }
        writer.async { [self] in
            do throws(FileError) {
                let path = try folder(kind).path + "/" + name(arrival)
                do throws(FileError) {
                    try WholeFile.write(bytes, path: path)
                } catch {
                    throw error.of(files.path(kind, id(arrival.image)))
                }
                names.async { [self] in
                    arrived[arrival.session, default: [:]][arrival, default: []].insert(kind)
                    post(.stored(arrival, kind, bytes: bytes.count))
                }
            } catch {
                fail(error)
            }
        }
    }

    /// The result counts that the files were made with: they get their names.
    func keep(_ arrival: Arrival) {
        names.async { [self] in
            for kind in take(arrival) {
                let path = files.path(kind, id(arrival.image))
                guard let aside = aside(kind, arrival), rename(aside, path) == 0 else {
                    return fail(FileError(path: path, operation: "rename to", code: errno))
                }
                unflushed.insert(parentDirectory(of: path))
            }
        }
    }

    /// The result came, and it is another one that counts, or that has its files already.
    func discard(_ arrival: Arrival) { names.async { [self] in remove(arrival) } }

    /// The connection is over, and with it what waited for its results.
    func discardAll(session: Int) {
        lock.withLock { writers[session] }?.async { [self] in
            names.async { [self] in for arrival in Array((arrived[session] ?? [:]).keys) { remove(arrival) } }
            lock.withLock { writers[session] = nil }
        }
    }

    /// Removes the images' files: `.filesRemoved` once they are gone for good.
    func removeFiles(_ images: [Int]) {
        names.async { [self] in
            do throws(JournalError) {
                try journal.sync()
            } catch {
                return post(.journalFailed("\(error)"))
            }
            do throws(FileError) {
                var folders: Set<String> = []
                for image in images {
                    try files.remove(id(image))
                    for kind in files.kinds { folders.insert(parentDirectory(of: files.path(kind, id(image)))) }
                }
                try flush(folders)
                post(.filesRemoved(images))
            } catch {
                fail(error)
            }
        }
    }

    /// Waits until all that was asked for is done: before the run ends. Gives the first thing that was in the way.
    func finish() -> FileError? {
        for writer in lock.withLock({ Array(writers.values) }) { writer.sync {} }
        names.sync {
            do throws(FileError) { try flush(unflushed) } catch { fail(error) }
        }
        return lock.withLock {
            for folder in folders.values { folder.remove() }
            folders = [:]
            return failure
        }
    }

    private func flush(_ folders: Set<String>) throws(FileError) {
        for folder in folders { try flushDirectory(folder) }
    }

    private func fail(_ error: FileError) {
        lock.withLock { if failure == nil { failure = error } }
        post(.storeFailed("\(error)"))
    }

    private func name(_ arrival: Arrival) -> String { "\(arrival.session)-\(arrival.lease)-\(arrival.image)" }

    private func folder(_ kind: ArtifactKind) throws(FileError) -> ArrivalFolder {
        lock.lock()
        defer { lock.unlock() }
        if let folder = folders[kind] { return folder }
        let folder = try ArrivalFolder(in: files.folder(kind))
        folders[kind] = folder
        return folder
    }

    private func aside(_ kind: ArtifactKind, _ arrival: Arrival) -> String? {
        lock.withLock { folders[kind] }.map { $0.path + "/" + name(arrival) }
    }

    private func take(_ arrival: Arrival) -> Set<ArtifactKind> {
        let kinds = arrived[arrival.session]?.removeValue(forKey: arrival) ?? []
        if arrived[arrival.session]?.isEmpty == true { arrived[arrival.session] = nil }
        return kinds
    }

    private func remove(_ arrival: Arrival) {
        for kind in take(arrival) { if let path = aside(kind, arrival) { unlink(path) } }
    }
}
