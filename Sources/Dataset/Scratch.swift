/// Memory that grows to the largest request and is then reused, its content undefined between uses.
final class Scratch {
    private var memory: UnsafeMutableRawBufferPointer?

    /// At least `count` bytes, valid until the next call.
    func bytes(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if let memory, memory.count >= count { return memory.baseAddress!.assumingMemoryBound(to: UInt8.self) }
        memory?.deallocate()
        let grown = UnsafeMutableRawBufferPointer.allocate(byteCount: max(count, 1), alignment: 64)
        memory = grown
        return grown.baseAddress!.bindMemory(to: UInt8.self, capacity: grown.count)
    }

    deinit {
        memory?.deallocate()
    }
}
