import CKernels

/// Memory for what a pass lists of maps: there once a job asks for lists, since most ask for none.
final class CUDALists: Sendable {
    let lists: [CUDAReadOut.List]
    let batch: Int
    /// [slot][list], each [batch][room] entries.
    private let entries: [[DeviceMemory]]
    private let host: PinnedMemory

    private typealias Entry = ck_cuda_read_out_entry

    /// Bytes that are copied to the host at once, at the least one image's.
    private static let portion = 16 << 20

    init(_ lists: [CUDAReadOut.List], batch: Int, device: CUDADevice) throws(CUDAFailure) {
        self.lists = lists
        self.batch = batch
        var entries: [[DeviceMemory]] = []
        for _ in 0..<CUDAMemoryPlan.Sizes.slots {
            var own: [DeviceMemory] = []
            for list in lists { own.append(try DeviceMemory(device, bytes: Self.bytes(list) * batch)) }
            entries.append(own)
        }
        self.entries = entries
        let largest = lists.map { Self.bytes($0) }.max() ?? 0
        host = try PinnedMemory(device, bytes: min(max(largest, Self.portion), largest * batch))
    }

    private static func bytes(_ list: CUDAReadOut.List) -> Int { list.room * MemoryLayout<Entry>.stride }

    func pointer(slot: Int, list: Int) -> UnsafeMutablePointer<ck_cuda_read_out_entry>? {
        entries[slot][list].pointer(as: Entry.self)
    }

    /// The maps of a batch, [image]. `counts`: how many entries each image has. Throws where there are more than a map has
    /// values, where an entry lies outside of its map, and where they sum to more than gating can.
    func maps(slot: Int, list number: Int, counts: [Int], shape: Shape, pool: ThreadPool, on stream: CUDAStream)
        throws(CUDAFailure) -> [ReadOutMap]
    {
        let (list, source) = (lists[number], entries[slot][number])
        let stride = MemoryLayout<Entry>.stride
        let room = host.bytes / stride
        let channels = list.collapse == nil ? shape.channels : 1
        nonisolated(unsafe) let buffer = host.buffer(as: Entry.self)
        var maps: [ReadOutMap] = []
        if let many = counts.first(where: { $0 > list.room }) {
            throw .impossible("\(many) entries of a map of \(list.room) values")
        }
        while maps.count < counts.count {
            // As many images as there is room for.
            var (places, used) = ([Range<Int>](), 0)
            for (offset, count) in counts[maps.count...].enumerated() {
                if used + count > room { break }
                try stream.copy(
                    count * stride, from: source, at: (maps.count + offset) * list.room * stride,
                    to: host.pointer + used * stride)
                places.append(used..<used + count)
                used += count
            }
            try stream.synchronize()
            let taken = pool.map(places.count) { [places] image, _ in
                Result { () throws(CUDAFailure) in
                    ReadOutMap(
                        width: shape.width, height: shape.height, channels: channels,
                        entries: try Self.checked(buffer[places[image]], room: list.room))
                }
            }
            for map in taken { maps.append(try map.get()) }
        }
        return maps
    }

    private static func checked(_ entries: some Collection<Entry>, room: Int) throws(CUDAFailure)
        -> [ReadOutMap.Entry]
    {
        var sum: UInt64 = 0
        var checked: [ReadOutMap.Entry] = []
        checked.reserveCapacity(entries.count)
        for entry in entries {
            let (next, isTooMuch) = sum.addingReportingOverflow(entry.value.magnitude)
            guard (0..<room).contains(Int(entry.index)), !isTooMuch, next <= UInt64(Int64.max) else {
                throw .impossible("gating \(entry.value) at place \(entry.index) of a map of \(room) values")
            }
            sum = next
            checked.append(ReadOutMap.Entry(index: entry.index, value: entry.value))
        }
        return checked
    }
}
