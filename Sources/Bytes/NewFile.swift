/// A file that a command makes under a name that was given: what has the name already is replaced only where it is an
/// earlier file of the same command. Anything else would be lost to a mistyped name.
public enum NewFile {
    /// Of a name that is taken. Nothing was changed.
    public struct Refusal: Error, CustomStringConvertible {
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    /// Bytes of a file by which its kind is recognised.
    private static let prefix = 1 << 16

    /// Looks, before any work.
    /// - Parameters:
    ///   - name: option and path, or the path alone, for messages.
    ///   - kind: what the command makes: "list of changed images".
    ///   - isEarlier: whether a file that begins with these bytes is one.
    public static func check(
        _ path: String, as name: String? = nil, kind: String, isEarlier: ([UInt8]) -> Bool
    ) throws(Refusal) {
        let name = name ?? path
        var status = stat()
        // A link that leads nowhere holds nothing.
        guard stat(path, &status) == 0 else { return }
        let format = status.st_mode & S_IFMT
        guard format != S_IFDIR else {
            throw Refusal("\(name): is a folder, expected the name of a file")
        }
        guard format == S_IFREG else {
            throw Refusal("\(name): is no regular file, and is not replaced by one: choose another name")
        }
        guard status.st_size > 0 else { return }
        let beginning: [UInt8]
        do throws(FileError) {
            beginning = try WholeFile.beginning(path: path, count: prefix)
        } catch {
            throw Refusal("\(name): is there already, and cannot be read: \(error.reason)")
        }
        guard isEarlier(beginning) else {
            throw Refusal(
                "\(name): is there already, and is no earlier \(kind): choose another name, or remove it")
        }
    }
}
