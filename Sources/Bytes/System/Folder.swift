/// Asks of names in the file system.
public enum Folder {
    /// The names in a folder without `.` and `..`, in byte order.
    public static func names(_ path: String) throws(FileError) -> [String] {
        guard let stream = opendir(path) else { throw FileError(path: path, operation: "list", code: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while true {
            // Only so is the end told from a failure.
            errno = 0
            guard let entry = readdir(stream) else { break }
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        let code = errno
        guard code == 0 else { throw FileError(path: path, operation: "list", code: code) }
        return names.sorted()
    }

    /// Whether something has this name; a link that leads nowhere does not.
    public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
