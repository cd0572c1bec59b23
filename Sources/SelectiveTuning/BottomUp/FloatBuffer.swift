import CKernels

/// Zeroed float32 memory, aligned for vector loads, freed with its owner.
///
/// It is written by one owner while it is filled (or, for activations, by tasks that write disjoint parts) and read
/// freely afterwards, which is why it may be shared between threads.
final class FloatBuffer: @unchecked Sendable {
    let count: Int
    let pointer: UnsafeMutablePointer<Float>

    init(count: Int, purpose: String) throws(NetworkError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: MemoryLayout<Float>.stride)
        guard !overflow, let memory = ck_memory_allocate(bytes) else {
            throw .outOfMemory(bytes: overflow ? Int.max : bytes, purpose: purpose)
        }
        self.count = count
        pointer = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { ck_memory_free(pointer, count * MemoryLayout<Float>.stride) }
}
