import CKernels

/// Memory of a device, uninitialised; given back with its owner.
final class DeviceMemory: @unchecked Sendable {
    let address: UInt64
    let bytes: Int
    private let device: CUDADevice

    /// Of no bytes: no memory, address 0.
    init(_ device: CUDADevice, bytes: Int) throws(CUDAFailure) {
        var address: UInt64 = 0
        if bytes > 0 { try device.call { ck_cuda_memory_allocate($0, bytes, &address, $1) } }
        self.address = address
        self.bytes = bytes
        self.device = device
    }

    deinit {
        guard bytes > 0 else { return }
        // After a sticky error neither works, and nothing is lost that is not lost anyway.
        try? device.makeCurrent()
        try? device.call { ck_cuda_memory_free($0, address, $1) }
    }

    /// For the kernels' structures, which hold device addresses.
    func pointer<Value>(as type: Value.Type = Value.self, offset: Int = 0) -> UnsafeMutablePointer<Value>? {
        UnsafeMutablePointer(bitPattern: UInt(address))?.advanced(by: offset)
    }

    /// Zeroes the words of 32 bits that lie in `range`, in the stream's order.
    func clear(words: Range<Int>, on stream: CUDAStream) throws(CUDAFailure) {
        guard !words.isEmpty, !device.isPreparing else { return }
        try device.call {
            ck_cuda_fill($0, address + UInt64(words.lowerBound * 4), 0, words.count, stream.handle, $1)
        }
    }
}

/// Memory of the host that the device copies from and to while it computes.
final class PinnedMemory: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    let bytes: Int
    private let device: CUDADevice

    init(_ device: CUDADevice, bytes: Int) throws(CUDAFailure) {
        var memory: UnsafeMutableRawPointer?
        try device.call { ck_cuda_pinned_allocate($0, max(bytes, 1), &memory, $1) }
        pointer = memory!
        self.bytes = max(bytes, 1)
        self.device = device
    }

    deinit {
        try? device.makeCurrent()
        try? device.call { ck_cuda_pinned_free($0, pointer, $1) }
    }

    func buffer<Value>(as type: Value.Type = Value.self) -> UnsafeMutableBufferPointer<Value> {
        UnsafeMutableRawBufferPointer(start: pointer, count: bytes).bindMemory(to: type)
    }
}
