import Foundation

/// Makes a new name survive a power failure: it lies in the directory, so without this the name, not the bytes, could
/// be lost.
package func flushDirectory(of path: String) throws(FileError) {
    let parent = parentDirectory(of: path)
    let directory = open(parent.isEmpty ? "." : parent, O_RDONLY | O_CLOEXEC)
    guard directory >= 0 else { throw FileError(path: path, operation: "open the directory of", code: errno) }
    let flushed = fsync(directory) == 0 || errno == EINVAL  // some file systems cannot flush directories
    let code = errno
    close(directory)
    guard flushed else { throw FileError(path: path, operation: "flush the directory of", code: code) }
}
