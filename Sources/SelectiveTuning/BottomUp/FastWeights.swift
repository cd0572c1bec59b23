import CKernels

/// The weights of one layer as the kernels of precision `fast` read them.
struct FastWeights: Sendable {
    let method: ck_fast_method
    /// Each group's packed weights, one after the other, `stride` floats apart.
    let packed: FloatBuffer
    /// A multiple of 64 bytes, in floats.
    let stride: Int
    /// Bytes that each thread needs.
    let scratchBytes: Int

    /// Nil where nothing is faster than the exact kernel.
    init?(_ weights: LayerWeights, output: Shape, name: String, isa: ck_isa, hasBF16: Bool, pool: ThreadPool)
        throws(NetworkError)
    {
        let geometry = weights.geometry
        let (groupIn, groupOut) = (geometry.groupIn, geometry.groupOut)
        guard !geometry.isDepthwise else { return nil }
        let method = ck_conv_fast_choose(
            isa, hasBF16 ? 1 : 0, Int32(geometry.kernelHeight), Int32(geometry.kernelWidth),
            Int32(max(geometry.window.stride.height, geometry.window.stride.width)),
            Int32(groupIn), Int32(groupOut), Int32(output.height), Int32(output.width))
        guard method != CK_FAST_EXACT else { return nil }
        let bytes = ck_conv_fast_packed_bytes(method, Int32(groupOut), Int64(geometry.chain))
        let stride = (bytes + 63) / 64 * 16
        let packed = try FloatBuffer(count: geometry.groups * stride, purpose: "the packed weights of \(name)")
        let tasks = Int(ck_conv_fast_pack_tasks(Int32(groupOut)))
        let (rows, chain) = (weights.rows, geometry.chain)
        pool.run(geometry.groups * tasks) { task, _ in
            let group = task / tasks
            ck_conv_fast_pack(
                method, rows.pointer + group * groupOut * chain, Int32(groupOut), Int64(chain), Int32(task % tasks),
                packed.pointer + group * stride)
        }
        self.method = method
        self.packed = packed
        self.stride = stride
        scratchBytes = ck_conv_fast_scratch_bytes(method, Int32(groupIn))
    }
}
