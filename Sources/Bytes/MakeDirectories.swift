import CLibrary

/// Makes a directory and those above it that are missing; one that exists is fine.
/// - Returns: those that were not there, the innermost last.
@discardableResult
public func makeDirectories(_ path: String, mode: mode_t = 0o777) throws(FileError) -> [String] {
    if mkdir(path, mode) == 0 { return [path] }
    var code = errno
    let parent = parentDirectory(of: path)
    if code == ENOENT, !parent.isEmpty, parent != "/", parent != path {
        let made = try makeDirectories(parent, mode: mode)
        if mkdir(path, mode) == 0 { return made + [path] }
        code = errno
    }
    var status = stat()
    if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return [] }
    // The system says "file exists" of a link that leads nowhere, too.
    throw FileError(
        path: path, operation: "make the directory",
        reason: code == EEXIST ? "something else has this name" : String(cString: strerror(code)))
}
