import Bytes

/// Folders searched and files read whole, with errors that name the path.
enum FileTree {
    /// Folders below the searched one that are entered.
    private static let maximalDepth = 16

    struct Entry {
        enum Kind {
            case folder, file, brokenLink
            /// A pipe, a socket, a device.
            case special
        }

        /// Of the name, as an error shows it.
        var path: String
        /// Below the searched folder.
        var name: String
        var kind: Kind
    }

    /// A folder, whatever path leads to it.
    private struct Identity: Equatable {
        var device: dev_t
        var number: ino_t
    }

    /// Calls `visit` for each file, folder and link that leads nowhere below `path`, in no order. Links are followed, but not
    /// back to a folder that the link lies in; hidden names are left out.
    /// - Parameter unreadable: gets a folder below `path` that may not be read, and its error; it is left out where that
    ///   returns.
    static func walk(
        below path: String, unreadable: (Entry, DatasetError) throws(DatasetError) -> Void,
        visit: (Entry) throws(DatasetError) -> Void
    ) throws(DatasetError) {
        var folders = [(entry: Entry(path: path, name: "", kind: .folder), above: [Identity]())]
        let work = WorkMeter("searching \(path)", "files")
        defer { work.end() }
        while let (folder, above) = folders.popLast() {
            guard above.count <= maximalDepth else {
                throw .file(
                    FileError(
                        path: folder.path, operation: "search", reason: "more than \(maximalDepth) folders deep"))
            }
            let found: [Entry]
            let identity: Identity
            do throws(DatasetError) {
                (found, identity) = try entries(of: folder, unless: above)
            } catch {
                guard !above.isEmpty else { throw error }
                try unreadable(folder, error)
                continue
            }
            work.advance(by: found.count)
            for entry in found {
                if entry.kind == .folder { folders.append((entry, above + [identity])) }
                try visit(entry)
            }
        }
    }

    /// The files below `path` whose extension is one of `extensions` (lower case, any case matches), in order of path.
    static func files(below path: String, extensions: Set<String>) throws(DatasetError) -> [Entry] {
        var found: [Entry] = []
        try walk(below: path, unreadable: { _, error throws(DatasetError) in throw error }) { entry in
            if entry.kind == .file, extensions.contains(pathExtension(entry.name)) { found.append(entry) }
        }
        return found.sorted { $0.path < $1.path }
    }

    /// What lies in a folder, and which it is; nothing where it is one of `above`.
    private static func entries(
        of folder: Entry, unless above: [Identity]
    ) throws(DatasetError) -> ([Entry], Identity) {
        guard let directory = opendir(folder.path) else {
            let code = errno
            var status = stat()
            if code == ENOENT, lstat(folder.path, &status) == 0 {
                throw .file(FileError(path: folder.path, operation: "search", reason: "a link that leads nowhere"))
            }
            throw .file(FileError(path: folder.path, operation: "search", code: code))
        }
        defer { closedir(directory) }
        var opened = stat()
        guard fstat(dirfd(directory), &opened) == 0 else {
            throw .file(FileError(path: folder.path, operation: "search", code: errno))
        }
        let identity = Identity(device: opened.st_dev, number: opened.st_ino)
        guard !above.contains(identity) else { return ([], identity) }
        let path = folder.path.hasSuffix("/") ? folder.path : folder.path + "/"
        let prefix = folder.name.isEmpty ? "" : folder.name + "/"
        var entries: [Entry] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            let kind: Entry.Kind
            switch Int32(entry.pointee.d_type) {
            case Int32(DT_REG): kind = .file
            case Int32(DT_DIR): kind = .folder
            default:
                var status = stat()
                if stat(path + name, &status) != 0 {
                    kind = .brokenLink
                } else {
                    switch status.st_mode & S_IFMT {
                    case S_IFDIR: kind = .folder
                    case S_IFREG: kind = .file
                    default: kind = .special
                    }
                }
            }
            entries.append(Entry(path: path + name, name: prefix + name, kind: kind))
        }
        return (entries, identity)
    }

    /// The extension that most files below `path` have, and how many; nil where there is no file.
    static func commonest(below path: String) -> (extension: String, count: Int)? {
        var counts: [String: Int] = [:]
        try? walk(below: path, unreadable: { _, _ in }) {
            if $0.kind == .file { counts[pathExtension($0.name), default: 0] += 1 }
        }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }.map { ($0.key, $0.value) }
    }

    /// "17 files of the extension .png".
    static func counted(_ count: Int, _ ending: String) -> String {
        "\(count) file\(count == 1 ? "" : "s") \(ending.isEmpty ? "without an extension" : "of the extension .\(ending)")"
    }

    /// The file's bytes, of which there may be at most `limit`.
    static func read(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
        do {
            return try WholeFile.read(path: path, limit: limit)
        } catch {
            throw .file(error)
        }
    }

    /// What the file begins with; empty where it cannot be read.
    static func head(_ path: String) -> [UInt8] {
        (try? FilePieces(path: path))?.read(at: 0, count: FileKind.bytesNeeded) ?? []
    }

    /// Whether there is a regular file of this path, links followed.
    static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether there is a folder of this path, links followed.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// Whether two paths lead to one file.
    static func isSame(_ one: String, _ other: String) -> Bool {
        var (first, second) = (stat(), stat())
        return stat(one, &first) == 0 && stat(other, &second) == 0 && first.st_dev == second.st_dev
            && first.st_ino == second.st_ino
    }

    /// The last component of a path.
    static func lastName(_ path: String) -> Substring {
        path[(path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:)) ?? path.startIndex)...]
    }

    /// In lower case, without the dot; "" where there is none.
    static func pathExtension(_ path: String) -> String {
        let name = lastName(path)
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
        return name[name.utf8.index(after: dot)...].lowercased()
    }

    /// A path without its extension.
    static func withoutExtension(_ path: String) -> String {
        let name = lastName(path)
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return path }
        return String(path[..<dot])
    }

    /// The last component of a path without its extension.
    static func stem(_ path: String) -> String { withoutExtension(String(lastName(path))) }
}
