import Bytes

/// A key file that cannot be used. Exit status 77.
public struct KeyError: Error, Sendable, Hashable, CustomStringConvertible {
    public let path: String
    public let problem: String

    public var description: String { "key file \(path): \(problem)" }
}

extension SharedKey {
    /// A key and where it came from.
    public struct Loaded: Sendable {
        public let key: SharedKey
        /// Of the file beside it, "FILE.next": a node takes both keys, so that one can follow the other without an outage.
        public let next: SharedKey?
        public let path: String
        /// It was made just now, by this call or by another process at the same time.
        public internal(set) var isNew: Bool

        /// "key from FILE", for people.
        public var origin: String {
            "key from \(path)" + (next == nil ? "" : " and \(path)\(nextSuffix)") + (isNew ? ", made just now" : "")
        }
    }

    static let nextSuffix = ".next"

    /// The shared key: of the file given; else `$CREDENTIALS_DIRECTORY/stnet.key`, which must be there where the variable
    /// is set; else `~/.config/stnet/key`, which is made where it is missing and `makes`, so that hosts with a shared home
    /// directory need no set-up.
    public static func load(
        path: String?, makes: Bool = true, environment: [String: String] = Environment.variables
    ) throws(KeyError) -> Loaded {
        if let path { return try read(path, allowsGroup: false) }
        if let folder = environment["CREDENTIALS_DIRECTORY"], !folder.isEmpty {
            let path = folder + "/stnet.key"
            guard access(path, F_OK) == 0 else {
                throw KeyError(
                    path: path,
                    problem:
                        "\(text(errno)), and CREDENTIALS_DIRECTORY is set: give the unit LoadCredential=stnet.key:FILE,"
                        + " or the program --key-file FILE")
            }
            // systemd hands credentials out as 0440 with root as the owner.
            return try read(path, allowsGroup: true)
        }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw KeyError(path: "~/.config/stnet/key", problem: "HOME is not set; give --key-file FILE")
        }
        let folder = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home + "/.config"
        let path = folder + "/stnet/key"
        if makes, access(path, F_OK) != 0 {
            try make(path)
            var loaded = try read(path, allowsGroup: false)
            loaded.isNew = true
            return loaded
        }
        return try read(path, allowsGroup: false)
    }

    /// The key of a file and, where "FILE.next" stands beside it, the key that comes after it.
    private static func read(_ path: String, allowsGroup: Bool) throws(KeyError) -> Loaded {
        let key = try readOne(path, allowsGroup: allowsGroup)
        let nextPath = path + nextSuffix
        let next = access(nextPath, F_OK) == 0 ? try readOne(nextPath, allowsGroup: allowsGroup) : nil
        return Loaded(key: key, next: next, path: path, isNew: false)
    }

    private static func readOne(_ path: String, allowsGroup: Bool) throws(KeyError) -> SharedKey {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let copy = errno == ENOENT ? ": put a copy of the other hosts' key there, mode 0600" : ""
            throw KeyError(path: path, problem: text(errno) + copy)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw KeyError(path: path, problem: text(errno)) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw KeyError(path: path, problem: "not a regular file") }
        let mode = status.st_mode & 0o777
        let forbidden: mode_t = allowsGroup && status.st_uid == 0 ? 0o037 : 0o077
        guard mode & forbidden == 0 else {
            throw KeyError(
                path: path,
                problem: "its mode is 0\(String(mode, radix: 8)): others may read or write it; expected 0600 "
                    + "(chmod 600 \(path))")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw KeyError(
                path: path, problem: "it belongs to user \(status.st_uid), expected \(geteuid()) or root")
        }
        guard (minimumBytes...4096).contains(Int(status.st_size)) else {
            throw KeyError(
                path: path,
                problem: "\(status.st_size) bytes, expected \(minimumBytes) to 4096 random bytes (\(remedy(path)))")
        }
        try checkFolder(of: path)
        let bytes = try content(descriptor, count: Int(status.st_size), path)
        // A file that a power failure emptied, or a key that somebody typed.
        if let weakness = weakness(of: bytes) {
            throw KeyError(path: path, problem: "\(weakness), expected random ones: \(remedy(path))")
        }
        guard let key = try? SharedKey(bytes) else { throw KeyError(path: path, problem: "too short") }
        return key
    }

    private static func remedy(_ path: String) -> String {
        "openssl rand -hex 32 > \(path); chmod 600 \(path); and a copy for each host"
    }

    private static func content(_ descriptor: Int32, count: Int, _ path: String) throws(KeyError) -> [UInt8] {
        var code: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            (filled, code) = WholeTransfer.read(into: UnsafeMutableRawBufferPointer(buffer), from: descriptor)
        }
        if let code { throw KeyError(path: path, problem: text(code)) }
        guard bytes.count == count else { throw KeyError(path: path, problem: "it became shorter while it was read") }
        return bytes
    }

    /// Who can write to the directory can put another key there.
    private static func checkFolder(of path: String) throws(KeyError) {
        let parent = parentDirectory(of: path)
        let folder = parent.isEmpty ? "." : parent
        var status = stat()
        guard stat(folder, &status) == 0, status.st_mode & 0o002 != 0, status.st_mode & S_ISVTX == 0 else { return }
        throw KeyError(
            path: path, problem: "everybody may write to its directory \(folder): chmod o-w \(folder)")
    }

    /// Makes a key file that never stands there in part: written under another name, then linked, which fails where
    /// another process was faster; then that one's key counts.
    private static func make(_ path: String) throws(KeyError) {
        let folder = String(path[..<path.lastIndex(of: "/")!])
        do {
            try makeDirectories(folder, mode: 0o700)
        } catch {
            throw KeyError(
                path: path,
                problem:
                    "cannot make its directory \(error.path): \(error.reason); give --key-file FILE, or another HOME")
        }
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0...UInt32.max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KeyError(path: path, problem: "cannot make it: \(text(errno))") }
        defer { unlink(temporary) }
        let bytes = SharedKey.random().bytes
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        let isWritten = count == bytes.count && fsync(descriptor) == 0
        let code = errno
        guard close(descriptor) == 0, isWritten else {
            throw KeyError(path: path, problem: "cannot write it: \(text(code))")
        }
        guard link(temporary, path) == 0 || errno == EEXIST else {
            throw KeyError(path: path, problem: "cannot make it: \(text(errno))")
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }
}
