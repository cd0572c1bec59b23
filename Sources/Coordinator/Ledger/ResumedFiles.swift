import Bytes
import Dataset
import Dispatch
import Foundation
import Protocol

/// Whether the files that an earlier part of a run evaluated are still those that lie there now: else two data sets would
/// stand in one result.
///
/// The lengths of all are compared, and the bytes of some or of all. An image of which there is no copy here, or none that can
/// be read, says nothing.
struct ResumedFiles: Sendable {
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

    /// Of the images that have a result in the ledger. Throws when the journal cannot be read.
    init(ledger: Ledger, manifest: Manifest, scope: Scope) throws(JournalError) {
        var comparable: [Int] = []
        var found: [Int: String] = [:]
        for image in manifest.entries.indices where ledger.isDone(image) && !ledger.isFailed(image) {
            guard let bytes = manifest.entries[image].image?.byteCount, let file = try ledger.file(image) else {
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
                if digest != (try ledger.file(image)) { found[image] = "\(digest)" }
            }
        }
        for image in found.keys.sorted() {
            let entry = manifest.entries[image]
            guard let place = entry.image, let file = try ledger.file(image) else { continue }
            differences.append(
                Difference(image: image, id: entry.id, path: place.path, evaluated: file, found: found[image]!))
        }
    }

    /// What to tell somebody who goes on with a run; nil where nothing differs.
    var problem: String? {
        guard let first = differences.first else { return nil }
        let compared = "compared: \(sized) lengths, \(digested) SHA-256"
        return
            "\(differences.count) of the images that were evaluated are other files by now (\(compared)); the first is "
            + "\(first.path): evaluated \(first.evaluated), found \(first.found): put back the files of the run, or "
            + "--verify-data to compare all and evaluate anew what differs, or another --out for a run of these files"
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
        private let lock = NSLock()
        private(set) var values: [FileDigest?]

        init(count: Int) { values = Array(repeating: nil, count: count) }
        func set(_ place: Int, _ value: FileDigest?) { lock.withLock { values[place] = value } }
    }
}

/// The run in `--out` is one of other image files.
struct OtherFiles: Error, CustomStringConvertible {
    let description: String
}
