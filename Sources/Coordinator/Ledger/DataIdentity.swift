import Bytes
import Dataset
import Dispatch

/// What can be known of a run's image files without reading them all: how many lie here and their bytes, and SHA-256 of some.
/// It stands in the fingerprint of the run, but makes no run another one: an image that could not be read may be mended.
struct DataIdentity: Sendable, Equatable {
    var files: Int
    var bytes: UInt64
    /// Of the run's samples, in their order, the first 16 hexadecimal digits; "" where there is no file.
    var samples: [String]

    /// Names of fields of a fingerprint that say what its data were.
    static let prefix = "data."

    /// Nil where no image of the run lies here: nodes have them.
    init?(_ manifest: Manifest, _ samples: Samples) {
        let sizes = Self.sizes(manifest)
        guard sizes.files > 0 else { return nil }
        (files, bytes) = sizes
        self.samples = samples.digests.map { String($0.prefix(16)) }
    }

    /// As a journal has it; nil where it has none, or none that can be understood.
    init?(_ fingerprint: JournalFingerprint) {
        func field(_ name: String) -> String? { fingerprint[Self.prefix + name] }
        guard let files = field("files").flatMap({ Int($0) }), let bytes = field("bytes").flatMap({ UInt64($0) }),
            let samples = field("samples")
        else { return nil }
        (self.files, self.bytes) = (files, bytes)
        self.samples = samples.split(separator: " ", omittingEmptySubsequences: false).map { $0 == "-" ? "" : "\($0)" }
    }

    var fields: [(name: String, value: String)] {
        let texts = samples.map { $0.isEmpty ? "-" : $0 }.joined(separator: " ")
        return [("files", "\(files)"), ("bytes", "\(bytes)"), ("samples", texts)].map { (Self.prefix + $0, $1) }
    }

    /// The samples, by their numbers, of which both have a file, and not the same one.
    func changedSamples(since began: DataIdentity) -> [Int] {
        guard samples.count == began.samples.count else { return [] }
        return samples.indices.filter {
            !samples[$0].isEmpty && !began.samples[$0].isEmpty && samples[$0] != began.samples[$0]
        }
    }

    /// That there are more or fewer files or bytes than there were; nil where there are as many.
    func note(since began: DataIdentity) -> String? {
        guard files != began.files || bytes != began.bytes else { return nil }
        return
            "the images here are \(files) files of \(bytes) bytes; when the run began they were \(began.files) files of "
            + "\(began.bytes) bytes"
    }

    /// On all processors: a file system over a network answers slowly.
    private static func sizes(_ manifest: Manifest) -> (files: Int, bytes: UInt64) {
        let sum = Sum()
        let portion = 1024
        DispatchQueue.concurrentPerform(iterations: (manifest.entries.count + portion - 1) / portion) { number in
            var (files, bytes) = (0, UInt64(0))
            for image in number * portion..<min((number + 1) * portion, manifest.entries.count) {
                guard let size = manifest.entries[image].image?.byteCount else { continue }
                files += 1
                bytes &+= size  // only compared
            }
            sum.add(files, bytes)
        }
        return sum.values
    }

    private final class Sum: @unchecked Sendable {
        private let lock = Lock()
        private(set) var values = (files: 0, bytes: UInt64(0))

        func add(_ files: Int, _ bytes: UInt64) {
            lock.withLock { values = (values.files + files, values.bytes &+ bytes) }
        }
    }
}
