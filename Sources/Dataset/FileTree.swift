import Bytes
import Foundation

/// Folders searched and files read whole, with errors that name the path.
enum FileTree {
    /// Folders below the searched one that are entered; a cycle of links ends here.
    private static let maximalDepth = 16

    /// Paths of the files below `path` whose extension is one of `extensions` (lower case, any case matches), in
    /// order of path. Links are followed, hidden names are left out.
    static func files(below path: String, extensions: Set<String>) throws(DatasetError) -> [String] {
        var found: [String] = []
        var folders = [(path: path, depth: 0)]
        while let (folder, depth) = folders.popLast() {
            guard depth <= maximalDepth else {
                throw .file(
                    FileError(path: folder, operation: "search", reason: "more than \(maximalDepth) folders deep"))
            }
            for (name, isFolder) in try entries(of: folder) {
                let entry = folder.hasSuffix("/") ? folder + name : folder + "/" + name
                if isFolder {
                    folders.append((entry, depth + 1))
                } else if let dot = name.lastIndex(of: "."),
                    extensions.contains(name[name.index(after: dot)...].lowercased())
                {
                    found.append(entry)
                }
            }
        }
        return found.sorted()
    }

    private static func entries(of folder: String) throws(DatasetError) -> [(name: String, isFolder: Bool)] {
        guard let directory = opendir(folder) else {
            throw .file(FileError(path: folder, operation: "search", code: errno))
        }
        defer { closedir(directory) }
        var entries: [(String, Bool)] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 1) { String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            var kind = Int32(entry.pointee.d_type)
            if kind != Int32(DT_REG) && kind != Int32(DT_DIR) {
                var status = stat()
                guard stat(folder + "/" + name, &status) == 0 else { continue }  // a link that leads nowhere
                guard [S_IFDIR, S_IFREG].contains(status.st_mode & S_IFMT) else { continue }  // a pipe or a device
                kind = status.st_mode & S_IFMT == S_IFDIR ? Int32(DT_DIR) : Int32(DT_REG)
            }
            entries.append((name, kind == Int32(DT_DIR)))
        }
        return entries
    }

    /// The file's bytes, of which there may be at most `limit`.
    static func read(_ path: String, limit: Int) throws(DatasetError) -> [UInt8] {
        do {
            return try WholeFile.read(path: path, limit: limit)
        } catch {
            throw .file(error)
        }
    }

    /// Whether there is a regular file of this path, links followed.
    static func isRegularFile(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The last component of a path without its extension.
    static func stem(_ path: String) -> String {
        let name = path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...]
        guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
        return String(name[..<dot])
    }
}
