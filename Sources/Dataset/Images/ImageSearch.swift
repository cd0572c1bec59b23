import Bytes

/// Looks in the folders beside, above and around one without images for the folder that was meant: a path that is a level too
/// deep, or beside the right one.
struct ImageSearch {
    private let ids: [String]
    /// Some of them, to tell at once that a folder has none.
    private let probes: [String]

    /// Folders that are looked at, and of one folder's files those that are counted.
    private static let mostFolders = 2000
    private static let mostNames = 50_000
    private static let mostIDs = 100_000
    private static let endings = ["JPEG", "jpg", "jpeg", "JPG"]

    init(_ ids: [String]) {
        self.ids = ids.prefix(Self.mostIDs).map { String(FieldText.withoutExtension($0[...])) }
        let step = max(1, self.ids.count / 8)
        probes = stride(from: 0, to: self.ids.count, by: step).map { [ids = self.ids] in ids[$0] }
    }

    /// The folder with most of the images, and how many; of several the nearest one, then the one with the fewest
    /// other files.
    func best(near root: String) -> (folder: String, count: Int)? {
        var status = stat()
        guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
        var best: (folder: String, count: Int, level: Int, others: Int)?
        for (folder, level) in folders(around: absolutePath(root)) {
            guard probes.contains(where: { holds(folder, $0) }) else { continue }
            let count = ids.count { holds(folder, $0) }
            if let best, count < best.count || (count == best.count && level > best.level) { continue }
            let others = Self.count(in: folder)
            if count > best?.count ?? 0 || others < best?.others ?? .max { best = (folder, count, level, others) }
        }
        return best.map { ($0.folder, $0.count) }
    }

    private func holds(_ folder: String, _ id: String) -> Bool {
        Self.endings.contains { access("\(folder)/\(id).\($0)", F_OK) == 0 }
    }

    /// Two levels above, and two below each of these; with the level that it is around.
    private func folders(around root: String) -> [(folder: String, level: Int)] {
        var found: [(folder: String, level: Int)] = []
        var seen: Set<String> = [root]
        var left = Self.mostNames
        func add(_ folder: String, level: Int, depth: Int) {
            guard found.count < Self.mostFolders, seen.insert(folder).inserted else { return }
            found.append((folder, level))
            guard depth > 0 else { return }
            let names = (try? Folder.names(folder)) ?? []
            let some = names.prefix(min(left, Self.mostFolders))
            left -= some.count
            let below = some.map { folder == "/" ? "/" + $0 : folder + "/" + $0 }
                .filter { !FileTree.lastName($0).hasPrefix(".") && FileTree.isFolder($0) }
            for path in below { add(path, level: level, depth: depth - 1) }
        }
        var above = root
        for level in 0..<2 where above != "/" {
            above = parentDirectory(of: above)
            add(above, level: level, depth: 2)
        }
        return found
    }

    /// Names in a folder.
    private static func count(in folder: String) -> Int { (try? Folder.names(folder).count) ?? 0 }
}
