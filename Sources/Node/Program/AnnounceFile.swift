import Bytes
import Foundation

/// A file that says where this node listens, in a directory that coordinators watch; for nodes at ports that nobody
/// knows beforehand.
public struct AnnounceFile: Sendable {
    public let path: String

    /// Writes "host:port" at once as a whole, over what an earlier run may have left. Throws `FileError`.
    public init(directory: String, name: String, place: String) throws(FileError) {
        path = directory + "/" + AnnounceFile.fileName(name)
        try makeDirectories(directory)
        try AtomicFile.write(path: path, text: place + "\n")
    }

    public func remove() { unlink(path) }

    /// The node's name as a file's name.
    static func fileName(_ name: String) -> String {
        let allowed = name.map { character in
            character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
                ? character : "_"
        }
        return allowed.first == "." ? "_" + String(allowed) : String(allowed)
    }
}
