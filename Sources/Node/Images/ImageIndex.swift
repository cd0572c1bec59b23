import Bytes
import Dataset
import Protocol

/// The image files that this node has, by the id under which the coordinator knows them. No path is ever made of an id:
/// what is not among the files that were found is not there.
public final class ImageIndex: ImageReader, @unchecked Sendable {
    private let lock = Lock()
    private var catalog: ImageCatalog
    /// The data root; nil where the places were given.
    private let root: String?

    /// Searches the data root. Throws `DatasetError` when it cannot be read.
    public init(root: String) throws(DatasetError) {
        self.root = root
        catalog = try ImageDirectory.scan(path: root)
    }

    /// Files that someone else found: an image's id and where it is.
    public init(places: [String: ImageLocation]) {
        root = nil
        catalog = ImageCatalog(places)
    }

    public var count: Int { lock.withLock { catalog.count } }

    /// Throws `DatasetError` where the id may mean several files.
    public func place(of id: String) throws(DatasetError) -> ImageLocation? {
        let catalog = lock.withLock { self.catalog }
        return try catalog.place(of: id)
    }

    /// Searches the data root again, if there is one; what was known stays when that fails.
    public func rescan() throws(DatasetError) {
        guard let root else { return }
        let found = try ImageDirectory.scan(path: root)
        lock.withLock { catalog = found }
    }

    public func read(_ images: [LeasedImage]) -> [Result<ImageFile, ImageFailure>] {
        read(images, batchBytes: ImageFile.batchBytes)
    }

    /// With another limit.
    func read(_ images: [LeasedImage], batchBytes: Int) -> [Result<ImageFile, ImageFailure>] {
        var files: [Result<ImageFile, ImageFailure>] = []
        var bytes = 0
        for image in images {
            let file = read(id: image.id)
            bytes += (try? file.get().bytes.count) ?? 0
            if bytes > batchBytes, !files.isEmpty { break }  // and it is read again for the next batch
            files.append(file)
        }
        return files
    }

    private func read(id: String) -> Result<ImageFile, ImageFailure> {
        let found: ImageLocation?
        do throws(DatasetError) {
            found = try place(of: id)
        } catch {
            return .failure(.severalFiles)
        }
        guard let place = found else { return .failure(.noFile(id)) }
        do throws(FileError) {
            let bytes = try place.read(limit: ImageFile.largest)
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
