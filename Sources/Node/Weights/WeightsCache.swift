import Dispatch
import Bytes
import Protocol
import SelectiveTuning

/// Weight files by the SHA-256 of their bytes: `<digest><suffix>` in a directory that several nodes may share, and
/// whatever lies in a second one that only is looked at. Each file's digest is checked once a process.
public final class WeightsCache: @unchecked Sendable {
    public let directory: String
    private let alsoIn: String?
    private let lock = Lock()
    /// What each file's digest was found to be; by the file's identity, so that a replaced one is read again.
    private var digests: [FileIdentity: String] = [:]

    /// Bytes of a weight file at the most.
    static let largest: UInt64 = 16 << 30
    static let suffixes = [".pth", ".safetensors"]

    private let lockCall: ReceptionLock.Call
    /// How long another node's reception may stand still before it is not waited for.
    private let patienceSeconds: Double
    private static let pollMicroseconds: UInt32 = 100_000

    /// `alsoIn` is looked at for files of any name; nothing is written there.
    public convenience init(directory: String, alsoIn: String? = nil) {
        self.init(directory: directory, alsoIn: alsoIn, patienceSeconds: 60, lockCall: ReceptionLock.system)
    }

    init(directory: String, alsoIn: String? = nil, patienceSeconds: Double, lockCall: @escaping ReceptionLock.Call) {
        self.directory = directory
        self.alsoIn = alsoIn
        self.patienceSeconds = patienceSeconds
        self.lockCall = lockCall
    }

    /// `$XDG_CACHE_HOME/stnet/weights`, or `~/.cache/stnet/weights`.
    public static func defaultDirectory(environment: [String: String] = Environment.variables) -> String {
        let base = environment["XDG_CACHE_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? homeDirectory()
        return (base ?? home + "/.cache") + "/stnet/weights"
    }

    /// As the system's list of users has it; "/" for who is not in it.
    private static func homeDirectory() -> String {
        guard let user = getpwuid(getuid()), let home = user.pointee.pw_dir else { return "/" }
        return String(cString: home)
    }

    /// The path of such a file; nil where there is none.
    func find(_ file: WeightsFile) -> String? {
        var candidates = [path(of: file)]
        if let alsoIn {
            let names = (try? Folder.names(alsoIn)) ?? []
            candidates += names.sorted().map { alsoIn + "/" + $0 }
        }
        return candidates.first { isWhole($0, file) }
    }

    private func path(of file: WeightsFile) -> String { directory + "/" + file.sha256 + file.suffix }

    private func isWhole(_ path: String, _ file: WeightsFile) -> Bool {
        guard let identity = FileIdentity(path), UInt64(identity.size) == file.bytes else { return false }
        return digest(path, identity) == file.sha256
    }

    private func digest(_ path: String, _ identity: FileIdentity) -> String? {
        if let known = lock.withLock({ digests[identity] }) { return known }
        guard let file = try? MappedFile(path: path) else { return nil }
        let digest = withExtendedLifetime(file) { SHA256.hex(file.bytes) }
        file.releasePages()
        lock.withLock { digests[identity] = digest }
        return digest
    }

    /// Takes a file from the coordinator; gives the path of the complete, checked file. Nil when the session
    /// ended before that. While another node receives the same file into this directory, waits for it instead; one that
    /// has not gone on for a minute is not waited for, nor is anybody where files cannot be locked.
    func receive(_ weights: WeightsFile, from reception: WeightsReception) throws(JobRefused) -> String? {
        try makeDirectory()
        let path = path(of: weights)
        var sign: [UInt8]?
        var signSeen = DispatchTime.now().uptimeNanoseconds
        while !reception.isClosed {
            switch ReceptionLock.attempt(path + ".lock", call: lockCall) {
            case .taken(let lock):
                // Whoever had the lock before may have received it.
                if isWhole(path, weights) { return path }
                return try receive(weights, to: path, from: reception) { lock.mark(received: $0) }
            case .impossible: return try receive(weights, to: path, from: reception) { _ in }
            case .held(let seen):
                let now = DispatchTime.now().uptimeNanoseconds
                if seen != sign { (sign, signSeen) = (seen, now) }
                if Double(now - signSeen) / 1e9 >= patienceSeconds {
                    return try receive(weights, to: path, from: reception) { _ in }
                }
                usleep(WeightsCache.pollMicroseconds)
            }
        }
        return nil
    }

    private func receive(
        _ weights: WeightsFile, to path: String, from reception: WeightsReception, mark: (UInt64) -> Void
    ) throws(JobRefused) -> String? {
        do throws(FileError) {
            var file = try AtomicFile(path: path)
            var hash = SHA256()
            var received: UInt64 = 0
            reception.begin()
            while received < weights.bytes {
                guard let part = reception.next() else { return nil }
                hash.update(part)
                try file.append(part)
                received += UInt64(part.count)
                mark(received)
            }
            let digest = hash.finalizeHex()
            guard digest == weights.sha256 else {
                throw FileError(
                    path: path, operation: "accept the weights",
                    reason: "SHA-256 of the \(received) bytes that came is \(digest), expected \(weights.sha256)")
            }
            try file.commit()
            if let identity = FileIdentity(path) { lock.withLock { digests[identity] = digest } }
            return path
        } catch {
            // What the system refuses here, another node may have room for: it is nothing about the weights.
            throw JobRefused(
                error.code == nil ? .weights : .device,
                "cannot keep the weights here: cannot \(error.operation): \(error.reason)")
        }
    }

    /// Removes what nodes that were killed had received in part: as much as a weight file each. What another node is
    /// receiving just now stays.
    public func removeLeftovers() {
        let isWeights = { (name: String) in
            Self.suffixes.contains { name.hasSuffix($0) && name.utf8.count == 64 + $0.utf8.count }
        }
        AtomicFile.removeLeftovers(in: directory, isOurs: isWeights)
        for name in (try? Folder.names(directory)) ?? []
        where name.hasSuffix(".lock") && isWeights(String(name.dropLast(5))) {
            // Nobody's: it goes with the value.
            _ = ReceptionLock.attempt(directory + "/" + name, call: lockCall)
        }
    }

    private func makeDirectory() throws(JobRefused) {
        do throws(FileError) {
            try makeDirectories(directory)
        } catch {
            throw JobRefused(.device, "no directory for the weights can be made here: \(error.reason)")
        }
    }

    private struct FileIdentity: Hashable {
        var device: UInt64
        var number: UInt64
        var size: Int64
        var modified: Int64

        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
            device = UInt64(truncatingIfNeeded: status.st_dev)
            number = UInt64(truncatingIfNeeded: status.st_ino)
            size = Int64(status.st_size)
            #if canImport(Darwin)
                let time = status.st_mtimespec
            #else
                let time = status.st_mtim
            #endif
            modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        }
    }
}
