extension AtomicFile {
    /// Removes the half-written files (`<name>.<process>-<number>.tmp`) that killed processes left in a directory, as far
    /// as `isOurs` says of the name. Those that are being written, in this process or on another host, are left alone:
    /// their writer holds a lock, which ends with it whatever its end. One that cannot be removed does no harm.
    public static func removeLeftovers(in directory: String, isOurs: (String) -> Bool) {
        for entry in (try? Folder.names(directory)) ?? [] {
            guard let name = name(ofTemporary: entry), isOurs(name) else { continue }
            let path = directory + "/" + entry
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
        }
    }

    /// The name that a temporary file was to get; nil for any other name.
    static func name(ofTemporary entry: String) -> String? {
        guard entry.hasSuffix(".tmp") else { return nil }
        let stem = entry.dropLast(4)
        guard let dot = stem.lastIndex(of: "."), dot > stem.startIndex else { return nil }
        let numbers = stem[stem.index(after: dot)...].split(separator: "-", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (48...57).contains($0) } })
        else { return nil }
        return String(stem[..<dot])
    }

    /// Says to whoever removes leftovers that this file is being written. False where it was taken for one just now.
    static func claim(_ descriptor: Int32) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK { return false }
        // A file system without locks has no removers either: they need the lock, too.
        var status = stat()
        return fstat(descriptor, &status) != 0 || status.st_nlink > 0
    }
}
