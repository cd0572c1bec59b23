import CKernels
import SelectiveTuning

/// Zeroed memory for kernels, freed with its owner; tasks write disjoint parts of it.
final class KernelMemory: @unchecked Sendable {
    let pointer: UnsafeMutableRawPointer
    private let bytes: Int

    init(bytes: Int) {
        guard let memory = ck_memory_allocate(bytes) else { fatalError("no memory for \(bytes) bytes") }
        pointer = memory
        self.bytes = bytes
    }

    convenience init(floats: Int) { self.init(bytes: floats * 4) }

    var floats: UnsafeMutablePointer<Float> { pointer.assumingMemoryBound(to: Float.self) }

    deinit { ck_memory_free(pointer, bytes) }
}

/// A map [size][size][channels] of each image of a batch, inside a halo of zeros.
struct KernelMap {
    let size: Int
    let channels: Int
    let halo: Int
    let memory: KernelMemory

    init(size: Int, channels: Int, halo: Int, batch: Int) {
        (self.size, self.channels, self.halo) = (size, channels, halo)
        memory = KernelMemory(floats: batch * (size + 2 * halo) * (size + 2 * halo) * channels)
    }

    var row: Int { (size + 2 * halo) * channels }
    var image: Int { (size + 2 * halo) * row }
    /// Channel 0 of pixel (0, 0) of the first image.
    var origin: UnsafeMutablePointer<Float> { memory.floats + halo * (row + channels) }
}

/// A convolution with stride 1 (a fully connected layer is one over its whole input), packed for one method.
final class KernelLayer: @unchecked Sendable {
    let method: ck_fast_method
    private let kernel: Int
    private let from: Int
    private let to: Int
    private let relu: Bool
    private let packed: KernelMemory
    private let bias: KernelMemory

    /// `weights` is [to][kernel][kernel][from].
    init(
        method: ck_fast_method, kernel: Int, from: Int, to: Int, relu: Bool, weights: KernelMemory, pool: ThreadPool
    ) {
        (self.method, self.kernel, self.from, self.to, self.relu) = (method, kernel, from, to, relu)
        let chain = Int64(kernel * kernel * from)
        let packed = KernelMemory(bytes: ck_conv_fast_packed_bytes(method, Int32(to), chain))
        pool.run(Int(ck_conv_fast_pack_tasks(Int32(to)))) { task, _ in
            ck_conv_fast_pack(method, weights.floats, Int32(to), chain, Int32(task), packed.pointer)
        }
        self.packed = packed
        bias = KernelMemory(floats: Int(ck_conv_padded_channels(Int32(to))))
        for channel in 0..<to { bias.floats[channel] = Float(channel % 7) * 0.01 }
    }

    var scratchBytes: Int { ck_conv_fast_scratch_bytes(method, Int32(from)) }

    func run(_ input: KernelMap, _ output: KernelMap, batch: Int, pool: ThreadPool, scratch: [KernelMemory]) {
        var offsets: [Int32] = []
        var lengths: [Int32] = []
        for y in 0..<kernel {
            for start in stride(from: 0, to: kernel * from, by: Int(CK_CONV_RUN_LIMIT)) {
                offsets.append(Int32(y * input.row + start))
                lengths.append(Int32(min(Int(CK_CONV_RUN_LIMIT), kernel * from - start)))
            }
        }
        offsets.withUnsafeBufferPointer { offsets in
            lengths.withUnsafeBufferPointer { lengths in
                let conv = ck_conv(
                    input: input.memory.floats, input_image: input.image, input_row: input.row,
                    input_pixel: input.channels, stride_y: 1, stride_x: 1, output: output.origin,
                    output_image: output.image, output_row: output.row, output_pixel: output.channels,
                    batch: Int32(batch), height: Int32(output.size), width: Int32(output.size), channels: Int32(to),
                    runs: Int32(offsets.count), run_offset: offsets.baseAddress, run_length: lengths.baseAddress,
                    weights: nil, bias: bias.floats, ceiling: relu ? .infinity : 0, nonzero: nil)
                nonisolated(unsafe) var layer = ck_conv_fast(
                    method: method, isa: ck_isa_best(), bf16: ck_cpu_has_bf16(), channels_in: Int32(from),
                    weights: packed.pointer, conv: conv)
                let tasks = Int(ck_conv_fast_tasks(&layer))
                nonisolated(unsafe) let fixed = layer
                pool.run(tasks) { task, thread in
                    withUnsafePointer(to: fixed) { ck_conv_fast_run($0, Int32(task), scratch[thread].pointer) }
                }
            }
        }
    }
}
