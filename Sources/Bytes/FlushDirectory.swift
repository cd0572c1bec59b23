/// Makes a new name survive a power failure: it lies in the directory, so without this the name, not the bytes, could
/// be lost.
package func flushDirectory(of path: String) throws(FileError) {
    let parent = parentDirectory(of: path)
    try flushDirectory(parent.isEmpty ? "." : parent)
}

/// Makes the names in a directory, and those that it has lost, survive a power failure.
package func flushDirectory(_ path: String) throws(FileError) {
    let directory = open(path, O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
    let code = SystemCall.run { Int(fsync(directory)) }.code
    close(directory)
    // Some file systems cannot flush directories.
    guard code == 0 || code == EINVAL else {
        throw FileError(path: path, operation: "flush to the disk", code: code)
    }
}

/// Makes a file's bytes survive a power failure.
package func flush(_ descriptor: Int32, path: String) throws(FileError) {
    #if canImport(Darwin)
        // There, fsync leaves the bytes in the drive's own memory.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    let code = SystemCall.run { Int(fsync(descriptor)) }.code
    guard code == 0 else { throw FileError(path: path, operation: "flush to the disk", code: code) }
}
