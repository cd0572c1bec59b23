import CKernels

/// Work that a device does in order, beside that of its other streams.
final class CUDAStream: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer
    private let device: CUDADevice
    /// The end of what it was given.
    private let end: CUDAEvent

    init(_ device: CUDADevice) throws(CUDAFailure) {
        end = try CUDAEvent(device)
        var stream: UnsafeMutableRawPointer?
        try device.call { ck_cuda_stream_create($0, &stream, $1) }
        handle = stream!
        self.device = device
    }

    deinit {
        try? device.makeCurrent()
        try? device.call { ck_cuda_stream_destroy($0, handle, $1) }
    }

    /// Waits until all is done, asleep: the driver's own wait for a stream may keep a processor busy.
    func synchronize() throws(CUDAFailure) {
        try end.record(on: self)
        try end.synchronize()
    }

    /// What `body` gives the stream, to be given it again by `launch`. It is not done now. `body` copies from and to pinned
    /// memory only, and neither waits nor allocates.
    func captured(_ body: () throws(CUDAFailure) -> Void) throws(CUDAFailure) -> CUDAGraph {
        try device.call { ck_cuda_capture_begin($0, handle, $1) }
        do throws(CUDAFailure) {
            try body()
        } catch {
            _ = try? endCapture()
            throw error
        }
        return try endCapture()
    }

    private func endCapture() throws(CUDAFailure) -> CUDAGraph {
        var graph: UnsafeMutableRawPointer?
        try device.call { ck_cuda_capture_end($0, handle, &graph, $1) }
        return CUDAGraph(graph!, device)
    }

    func launch(_ graph: CUDAGraph) throws(CUDAFailure) {
        try device.call { ck_cuda_graph_launch($0, graph.handle, handle, $1) }
    }

    /// What comes later in this stream waits for the event.
    func wait(for event: CUDAEvent) throws(CUDAFailure) {
        try device.call { ck_cuda_stream_wait($0, handle, event.handle, $1) }
    }

    func copy(_ bytes: Int, from source: UnsafeRawPointer, to target: DeviceMemory, at offset: Int = 0)
        throws(CUDAFailure)
    {
        precondition(offset + bytes <= target.bytes)
        guard bytes > 0, !device.isPreparing else { return }
        try device.call {
            ck_cuda_copy_to_device($0, target.address + UInt64(offset), source, bytes, handle, $1)
        }
    }

    func copy(_ bytes: Int, from source: DeviceMemory, at offset: Int = 0, to target: UnsafeMutableRawPointer)
        throws(CUDAFailure)
    {
        precondition(offset + bytes <= source.bytes)
        guard bytes > 0, !device.isPreparing else { return }
        try device.call { ck_cuda_copy_to_host($0, target, source.address + UInt64(offset), bytes, handle, $1) }
    }
}

/// Work of a stream that one call gives it, whatever it consists of.
final class CUDAGraph: @unchecked Sendable {
    fileprivate let handle: UnsafeMutableRawPointer
    private let device: CUDADevice

    fileprivate init(_ handle: UnsafeMutableRawPointer, _ device: CUDADevice) {
        self.handle = handle
        self.device = device
    }

    deinit {
        try? device.makeCurrent()
        try? device.call { ck_cuda_graph_destroy($0, handle, $1) }
    }
}

/// A place in a stream that others wait for.
final class CUDAEvent: @unchecked Sendable {
    let handle: UnsafeMutableRawPointer
    private let device: CUDADevice

    init(_ device: CUDADevice, isTimed: Bool = false) throws(CUDAFailure) {
        var event: UnsafeMutableRawPointer?
        try device.call { ck_cuda_event_create($0, isTimed ? 1 : 0, &event, $1) }
        handle = event!
        self.device = device
    }

    deinit {
        try? device.makeCurrent()
        try? device.call { ck_cuda_event_destroy($0, handle, $1) }
    }

    /// The place is after all that the stream was given so far.
    func record(on stream: CUDAStream) throws(CUDAFailure) {
        try device.call { ck_cuda_event_record($0, handle, stream.handle, $1) }
    }

    /// Waits until the stream has come to this place.
    func synchronize() throws(CUDAFailure) { try device.call { ck_cuda_event_synchronize($0, handle, $1) } }

    /// Between two timed events that have both come.
    static func seconds(from begin: CUDAEvent, to end: CUDAEvent) throws(CUDAFailure) -> Double {
        var milliseconds: Float = 0
        try begin.device.call { ck_cuda_event_elapsed($0, begin.handle, end.handle, &milliseconds, $1) }
        return Double(milliseconds) / 1000
    }
}
