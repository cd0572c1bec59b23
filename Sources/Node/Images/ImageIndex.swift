import Bytes
import Dataset
import Foundation
import Protocol

/// The image files that this node has, by the stem under which the coordinator knows them.
public final class ImageIndex: ImageReader, @unchecked Sendable {
    private let lock = NSLock()
    private var paths: [String: String]
    /// The data root; nil where the paths were given.
    private let root: String?

    /// Searches the data root. Throws `DatasetError` when it cannot be read or holds two files of one stem.
    public init(root: String) throws(DatasetError) {
        self.root = root
        paths = try ImageDirectory.scan(path: root)
    }

    /// Files that someone else found: an image's id and its path.
    public init(paths: [String: String]) {
        root = nil
        self.paths = paths
    }

    public var count: Int { lock.withLock { paths.count } }

    public func path(of id: String) -> String? { lock.withLock { paths[id] } }

    /// Searches the data root again, if there is one; what was known stays when that fails.
    public func rescan() throws(DatasetError) {
        guard let root else { return }
        let found = try ImageDirectory.scan(path: root)
        lock.withLock { paths = found }
    }

    public func read(_ images: [LeasedImage]) -> [Result<ImageFile, ImageFailure>] { images.map { read(id: $0.id) } }

    private func read(id: String) -> Result<ImageFile, ImageFailure> {
        guard let path = path(of: id) else { return .failure(.noFile(id)) }
        do throws(FileError) {
            let bytes = try WholeFile.read(path: path, limit: ImageFile.largest)
            return .success(ImageFile(name: id, bytes: bytes))
        } catch {
            return .failure(ImageFailure(.unavailable, "cannot \(error.operation): \(error.reason)"))
        }
    }

    /// For each id the lower-case hexadecimal SHA-256 of its file, "" where there is none that can be read.
    func digests(of ids: [String]) -> [String] {
        ids.map { id in
            guard case .success(let file) = read(id: id) else { return "" }
            return SHA256.hex(file.bytes)
        }
    }
}
