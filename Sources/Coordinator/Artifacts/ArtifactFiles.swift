import Bytes
import Dataset
import Evaluation
import Jobs
import Protocol

/// Where the files that nodes make of a run's images lie: `<out>/<mode>/<id>.jpg` or `.png`, and `<maps>/<id>.npy`; an id
/// with folders has its files in such folders. A map for the WSOL benchmark is called as its lists call the image.
public struct ArtifactFiles: Sendable {
    /// The folder of each kind that the run makes.
    private let folders: [ArtifactKind: String]
    let inputSize: Int
    /// What a map for the WSOL benchmark is called, by the image's id: as the benchmark's lists call the image.
    private let called: @Sendable (String) -> String

    /// A name with its suffix and what a temporary file adds to it must fit into 255 bytes.
    static let longestID = 220

    /// Nil for a run that makes none. `mapsPath`: the folder of maps, where they are kept.
    public init?(
        options: ArtifactOptions, outPath: String, mapsPath: String?, inputSize: Int,
        called: @escaping @Sendable (String) -> String = { $0 }
    ) {
        self.called = called
        var folders: [ArtifactKind: String] = [:]
        for kind in options.kinds {
            folders[kind] = kind.isMap ? mapsPath ?? outPath + "/maps" : outPath + "/" + options.mode.rawValue
        }
        guard !folders.isEmpty else { return nil }
        self.folders = folders
        self.inputSize = inputSize
    }

    var kinds: Set<ArtifactKind> { Set(folders.keys) }
    /// For people, in order.
    var paths: [String] { ArtifactKind.allCases.compactMap { folders[$0] } }

    func folder(_ kind: ArtifactKind) -> String { folders[kind]! }
    func path(_ kind: ArtifactKind, _ id: String) -> String { "\(folders[kind]!)/\(name(kind, id))\(kind.suffix)" }

    private func name(_ kind: ArtifactKind, _ id: String) -> String {
        guard kind == .normalisedMap else { return id }
        let name = called(id)
        return Self.isName(name) ? name : id
    }

    /// The first file that lies where one of the run's is to go, and its folder. Nil where there is none.
    /// - Parameter isOurs: of a folder whose files are this run's anyway.
    func first(of manifest: Manifest, except isOurs: (String) -> Bool) -> (
        kind: ArtifactKind, folder: String, id: String
    )? {
        for (kind, folder) in folders.sorted(by: { $0.value < $1.value }) where !isOurs(folder) {
            var status = stat()
            // Of an image's path that is too long or leads out of the folder, `prepare` speaks.
            if let id = manifest.ids.first(where: { Self.isName($0) && lstat(path(kind, $0), &status) == 0 }) {
                return (kind, folder, id)
            }
        }
        return nil
    }

    /// Makes the folders, and removes the files of images that have no result where the run `replaces` them: what an
    /// earlier run left there would pass for this one's. Throws for an id that cannot be a file's name.
    /// - Returns: the folders that were not there, the innermost last.
    @discardableResult
    func prepare(_ manifest: Manifest, replaces: Bool = true, isDone: (Int) -> Bool) throws -> [String] {
        var made: [String] = []
        do {
            try prepare(manifest, replaces, isDone, &made)
        } catch {
            for folder in made.reversed() { rmdir(folder) }
            throw error
        }
        return made
    }

    private func prepare(
        _ manifest: Manifest, _ replaces: Bool, _ isDone: (Int) -> Bool, _ made: inout [String]
    ) throws {
        for id in manifest.ids {
            guard Self.isName(id) else {
                throw DatasetError.field(
                    file: paths[0], line: nil, field: "image id", found: "\"\(id.prefix(300))\"",
                    expected: "an id that can be a file's name: no name of it begins with a dot or has more than "
                        + "\(Self.longestID) bytes")
            }
        }
        for (kind, folder) in folders {
            var below: Set<String> = [""]
            for id in manifest.ids {
                let name = name(kind, id)
                if let slash = name.utf8.lastIndex(of: UInt8(ascii: "/")) { below.insert("/" + name[..<slash]) }
            }
            for part in below.sorted() { made += try makeDirectories(folder + part) }
            ArrivalFolder.removeLeftovers(in: folder)
        }
        guard replaces else { return }
        for (index, id) in manifest.ids.enumerated() where !isDone(index) { try remove(id) }
    }

    /// Whether files named after the id lie inside of the folder, in its folders where it has some.
    static func isName(_ id: String) -> Bool {
        let names = id.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return !id.utf8.contains(0) && names.count <= 16
            && names.allSatisfy { !$0.isEmpty && $0.first != UInt8(ascii: ".") && $0.count <= longestID }
    }

    func remove(_ id: String) throws(FileError) {
        for kind in folders.keys where unlink(path(kind, id)) != 0 && errno != ENOENT {
            throw FileError(path: path(kind, id), operation: "remove what an earlier run left", code: errno)
        }
    }

    /// All files of an image are there.
    func isComplete(_ id: String) -> Bool {
        folders.keys.allSatisfy { kind in
            var status = stat()
            return stat(path(kind, id), &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size > 0
        }
    }

    /// The evaluated images whose files are not all there: how many, and the first.
    /// - Parameter isEvaluated: of the image at a place in the manifest.
    func missing(_ manifest: Manifest, isEvaluated: (Int) -> Bool) -> (count: Int, first: String)? {
        var found: (count: Int, first: String)?
        for (image, id) in manifest.ids.enumerated() where isEvaluated(image) && !isComplete(id) {
            found = ((found?.count ?? 0) + 1, found?.first ?? id)
        }
        return found
    }
}
