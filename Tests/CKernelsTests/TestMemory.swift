import CKernels
import Glibc

/// Memory for packed weights and scratch, as the program allocates it.
final class AlignedMemory {
    let pointer: UnsafeMutableRawPointer
    private let bytes: Int

    init(bytes: Int) {
        self.bytes = bytes
        pointer = ck_memory_allocate(bytes)!
    }

    var floats: UnsafeMutablePointer<Float> { pointer.bindMemory(to: Float.self, capacity: bytes / 4) }

    var bytePointer: UnsafeMutablePointer<UInt8> { pointer.bindMemory(to: UInt8.self, capacity: bytes) }

    deinit { ck_memory_free(pointer, bytes) }
}

/// Zeroed floats whose last one ends where a page begins that may not be touched: reading past them ends the process.
final class GuardedFloats {
    let pointer: UnsafeMutablePointer<Float>
    private let mapping: UnsafeMutableRawPointer
    private let size: Int

    init(count: Int) {
        let page = 4096
        let used = (count * 4 + page - 1) / page * page
        size = used + page
        mapping = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        precondition(mapping != MAP_FAILED)
        precondition(mprotect(mapping + used, page, PROT_NONE) == 0)
        pointer = (mapping + used - count * 4).bindMemory(to: Float.self, capacity: count)
    }

    deinit { munmap(mapping, size) }
}
