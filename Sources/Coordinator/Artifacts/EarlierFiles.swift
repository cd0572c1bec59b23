import Bytes
import Evaluation
import Jobs
import Protocol

/// Pictures and maps of the run that `--force` replaces: none of them is to stay among the new ones, also not those of
/// images that the new run does not have.
struct EarlierFiles {
    /// The run's directory.
    let outPath: String
    /// What else a map may be called, by the image's id.
    let called: (String) -> String

    private static let largest = 1 << 30

    /// Removes the pictures in the run's own folders, and the maps of its images where it kept them.
    func remove() throws {
        for mode in [ExecutionMode.boxPictures, .hypothesisPictures] {
            try removeAll(in: "\(outPath)/\(mode.rawValue)", [".jpg", ".png"], depth: 0)
        }
        guard let maps = mapsPath else { return }
        ArrivalFolder.removeLeftovers(in: maps)
        for id in ids {
            for name in Set([id, called(id)]) where ArtifactFiles.isName(name) {
                try remove("\(maps)/\(name)\(ArtifactKind.scoreMap.suffix)")
            }
        }
    }

    private func removeAll(in folder: String, _ suffixes: [String], depth: Int) throws {
        ArrivalFolder.removeLeftovers(in: folder)
        guard depth < 16, let names = try? Folder.names(folder) else { return }
        for name in names where !name.hasPrefix(".") {
            let path = "\(folder)/\(name)"
            var status = stat()
            guard lstat(path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                try removeAll(in: path, suffixes, depth: depth + 1)
            } else if suffixes.contains(where: name.hasSuffix) {
                try remove(path)
            }
        }
    }

    private func remove(_ path: String) throws(FileError) {
        guard unlink(path) == 0 || [ENOENT, ENOTDIR, EISDIR].contains(errno) else {
            throw FileError(path: path, operation: "remove what the replaced run left", code: errno)
        }
    }

    private func json(_ name: String) -> JSON? {
        guard let bytes = try? WholeFile.read(path: "\(outPath)/\(name)", limit: Self.largest) else { return nil }
        return try? JSON.parse(bytes, source: name, limits: .init(bytes: Self.largest))
    }

    private var mapsPath: String? { json(RunOutput.runName)?["maps_path"]?.stringValue }

    private var ids: [String] {
        let bytes = (try? WholeFile.read(path: "\(outPath)/\(RunOutput.imagesName)", limit: Self.largest)) ?? []
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            (try? JSON.parse(Array($0), source: RunOutput.imagesName))?["id"]?.stringValue
        }
    }
}
