import Bytes
import Dataset
import Dispatch
import Protocol

/// Whether the files that a run evaluated are those that lie there now: before it goes on, at its end, and where it is said to
/// be complete. Else two data sets would stand in one result, or one that is gone.
///
/// The lengths of all are compared, and the bytes of some or of all. An image whose copy cannot be read says nothing.
struct EvaluatedFiles: Sendable {
    enum Scope: Sendable, Equatable {
        /// The bytes of this many images, spread over those that have a result.
        case sample(Int)
        case all
    }

    /// An image whose file is another one by now.
    struct Difference: Sendable, Equatable {
        /// Place in the manifest.
        var image: Int
        var id: String
        var path: String
        var evaluated: FileDigest
        /// "9000 bytes", "109527 bytes, SHA-256 597249306c1e"
        var found: String
    }

    /// Images whose lengths, and whose bytes, were compared.
    private(set) var sized = 0
    private(set) var digested = 0
    /// In manifest order.
    private(set) var differences: [Difference] = []

    private static let portion = 256

    /// - Parameters:
    ///   - evaluated: the file of which an image's result is; nil where it has no result of one.
    ///   - goneDiffers: whether an image that is not there any more is another file: not where nodes have the images.
    init(
        _ manifest: Manifest, scope: Scope, goneDiffers: Bool, evaluated: (Int) throws -> FileDigest?
    ) throws {
        var comparable: [Int] = []
        var found: [Int: String] = [:]
        for image in manifest.entries.indices {
            let bytes = manifest.entries[image].image?.byteCount
            // What cannot be compared is not looked for in the journal.
            guard bytes != nil || goneDiffers, let file = try evaluated(image) else { continue }
            guard let bytes else {
                found[image] = "no file"
                continue
            }
            comparable.append(image)
            if bytes != file.byteCount { found[image] = "\(bytes) bytes" }
        }
        sized = comparable.count
        let chosen =
            switch scope {
            case .all: comparable
            case .sample(let count):
                (0..<min(count, sized)).map { comparable[$0 * sized / min(count, sized)] }
            }
        // In portions: an image's path is made anew each time it is asked for.
        for start in stride(from: 0, to: chosen.count, by: Self.portion) {
            let images = chosen[start..<min(start + Self.portion, chosen.count)]
            for (image, digest) in zip(images, Self.digests(images.map { manifest.entries[$0].image })) {
                guard let digest else { continue }
                digested += 1
                if digest != (try evaluated(image)) { found[image] = "\(digest)" }
            }
        }
        for image in found.keys.sorted() {
            let entry = manifest.entries[image]
            guard let file = try evaluated(image) else { continue }
            differences.append(
                Difference(
                    image: image, id: entry.id, path: entry.image?.path ?? "its file", evaluated: file,
                    found: found[image]!))
        }
    }

    /// Of the images that have a result in the ledger. One that cannot be read back says nothing here: where the result is
    /// written, its image fails.
    init(_ ledger: Ledger, _ manifest: Manifest, scope: Scope, goneDiffers: Bool) throws {
        try self.init(manifest, scope: scope, goneDiffers: goneDiffers) { image in
            ledger.isEvaluated(image) ? (try? ledger.file(image)) ?? nil : nil
        }
    }

    /// Of those that a finished run's list names; the ids are the manifest's, in its order.
    /// - Throws: `ListProblem` for a list that is not this manifest's.
    init(list: String, _ manifest: Manifest, scope: Scope, goneDiffers: Bool) throws {
        var files: [FileDigest?] = []
        var ids = manifest.ids.makeIterator()
        for line in list.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).dropLast() {
            let fields = Substring(line).split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3, let id = ids.next(), fields[2] == id else {
                throw ListProblem(description: "line \(files.count + 1) is not that of the run's image")
            }
            files.append(UInt64(fields[1]).flatMap { FileDigest(byteCount: $0, hex: fields[0]) })
        }
        guard ids.next() == nil else { throw ListProblem(description: "\(files.count) lines, more were expected") }
        try self.init(manifest, scope: scope, goneDiffers: goneDiffers) { files[$0] }
    }

    struct ListProblem: Error, CustomStringConvertible {
        let description: String
    }

    /// What differs, and how much was looked at; nil where nothing does.
    var problem: String? {
        guard let first = differences.first else { return nil }
        let compared = "compared: \(sized) lengths, \(digested) SHA-256"
        let least = digested < sized ? "at least " : ""
        return
            "\(least)\(differences.count) of the images that were evaluated are other files by now (\(compared)); the first is "
            + "\(first.id) (\(first.path)): evaluated \(first.evaluated), found \(first.found)"
    }

    /// Of files that can be read; on all processors.
    private static func digests(_ places: [ImageLocation?]) -> [FileDigest?] {
        let results = Results(count: places.count)
        DispatchQueue.concurrentPerform(iterations: places.count) { place in
            results.set(place, OwnFiles.digest(places[place]))
        }
        return results.values
    }

    private final class Results: @unchecked Sendable {
        private let lock = Lock()
        private(set) var values: [FileDigest?]

        init(count: Int) { values = Array(repeating: nil, count: count) }
        func set(_ place: Int, _ value: FileDigest?) { lock.withLock { values[place] = value } }
    }
}

/// The run in `--out` is one of other image files.
struct ChangedFiles: Error, CustomStringConvertible {
    let description: String
}
