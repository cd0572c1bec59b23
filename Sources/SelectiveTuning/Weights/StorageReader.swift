import Bytes
import Synchronization

/// Gives the bytes of a weight file's storages: from the mapped file, or decompressed when they are asked for.
final class StorageReader: Sendable {
    let file: MappedFile
    /// The latest one: tensors often share a storage. One, so that a large archive is never in memory as a whole.
    private let latest = Mutex<(storage: StorageBytes, bytes: InflatedBytes)?>(nil)

    init(_ file: MappedFile) {
        self.file = file
    }

    func read<Result>(
        _ storage: StorageBytes, _ body: (UnsafeRawBufferPointer) -> Result
    ) throws(WeightError) -> Result {
        if let mapped = mapped(storage) { return withExtendedLifetime(self) { body(mapped) } }
        let inflated = try inflated(storage)
        return withExtendedLifetime(inflated) { body(inflated.bytes) }
    }

    /// Nil for a compressed storage. Valid while this object lives.
    func mapped(_ storage: StorageBytes) -> UnsafeRawBufferPointer? {
        storage.inflated == nil ? UnsafeRawBufferPointer(rebasing: file.bytes[storage.place]) : nil
    }

    func release() {
        latest.withLock { $0 = nil }
        file.releasePages()
    }

    private func inflated(_ storage: StorageBytes) throws(WeightError) -> InflatedBytes {
        if let known = latest.withLock({ $0?.storage == storage ? $0?.bytes : nil }) { return known }
        let bytes = try InflatedBytes(storage, of: file)
        latest.withLock { $0 = (storage, bytes) }
        return bytes
    }
}
