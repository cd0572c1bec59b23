import Bytes

/// A file that says where this node listens, in a directory that coordinators watch; for nodes at ports that nobody
/// knows beforehand.
public struct AnnounceFile: Sendable {
    public let path: String
    private let text: String

    /// Writes "host:port" at once as a whole, over what an earlier run may have left. Throws `FileError`.
    public init(directory: String, name: String, place: String) throws(FileError) {
        path = directory + "/" + AnnounceFile.fileName(name)
        text = place + "\n"
        try makeDirectories(directory)
        try AtomicFile.write(path: path, text: text)
    }

    /// Unless a node of the same name has written its own over it since: an old one that drains while its successor
    /// listens already.
    public func remove() {
        guard let found = try? WholeFile.read(path: path, limit: 4096), found == Array(text.utf8) else { return }
        unlink(path)
    }

    /// The node's name as a file's name.
    static func fileName(_ name: String) -> String {
        let allowed = name.map { character in
            character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
                ? character : "_"
        }
        return allowed.first == "." ? "_" + String(allowed) : String(allowed)
    }
}
