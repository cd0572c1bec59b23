import CKernels

/// An instruction set of a fast kernel, with or without the processor's bfloat16 instructions.
struct FastVariant: CustomStringConvertible {
    var method: ck_fast_method
    var isa: ck_isa
    var bf16: Bool

    var description: String {
        "method \(method.rawValue) on \(String(cString: ck_isa_name(isa)))\(bf16 ? ", BF16" : "")"
    }

    static let bfloat16: [FastVariant] =
        [FastVariant(method: CK_FAST_BF16, isa: CK_ISA_PORTABLE, bf16: false)]
        + (ck_cpu_has_bf16() != 0 ? [FastVariant(method: CK_FAST_BF16, isa: CK_ISA_AVX512, bf16: true)] : [])
    static let winograd = availableISAs.map { FastVariant(method: CK_FAST_WINOGRAD, isa: $0, bf16: false) }
    static let exact = availableISAs.map { FastVariant(method: CK_FAST_EXACT, isa: $0, bf16: false) }
}

extension RandomConvolution {
    /// Through ck_conv_fast_run on a pool of so many threads; without one in reversed order on the caller.
    func fast(_ variant: FastVariant, threads: Int? = nil) -> [[Float]] {
        let packed = AlignedMemory(
            bytes: ck_conv_fast_packed_bytes(variant.method, Int32(groupOut), Int64(chain)))
        let scratch = (0..<(threads ?? 1)).map { _ in
            AlignedMemory(bytes: ck_conv_fast_scratch_bytes(variant.method, Int32(groupIn)))
        }
        return outputs { group, call in
            weights.withUnsafeBufferPointer { weights in
                for task in 0..<ck_conv_fast_pack_tasks(Int32(groupOut)) {
                    ck_conv_fast_pack(
                        variant.method, weights.baseAddress! + group * groupOut * chain, Int32(groupOut),
                        Int64(chain), task, packed.pointer)
                }
            }
            var layer = ck_conv_fast(
                method: variant.method, isa: variant.isa, bf16: variant.bf16 ? 1 : 0, channels_in: Int32(groupIn),
                weights: packed.pointer, conv: call)
            let tasks = ck_conv_fast_tasks(&layer)
            if let threads {
                Self.run(&layer, tasks: tasks, threads: threads, scratch: scratch.map(\.pointer))
            } else {
                for task in (0..<tasks).reversed() { ck_conv_fast_run(&layer, task, scratch[0].pointer) }
            }
        }
    }

    private struct Context {
        var layer: UnsafePointer<ck_conv_fast>
        var scratch: [UnsafeMutableRawPointer]
    }

    private static func run(
        _ layer: inout ck_conv_fast, tasks: Int32, threads: Int, scratch: [UnsafeMutableRawPointer]
    ) {
        let pool = ck_thread_pool_create(Int32(threads))!
        defer { ck_thread_pool_destroy(pool) }
        withUnsafePointer(to: layer) { layer in
            var context = Context(layer: layer, scratch: scratch)
            withUnsafeMutablePointer(to: &context) { context in
                ck_thread_pool_run(
                    pool,
                    { context, task, thread in
                        let context = context!.assumingMemoryBound(to: Context.self)
                        ck_conv_fast_run(context.pointee.layer, task, context.pointee.scratch[Int(thread)])
                    }, context, tasks)
            }
        }
    }

    /// The image alone.
    func only(image: Int) -> RandomConvolution {
        var single = self
        single.batch = 1
        single.inputs = [inputs[image]]
        return single
    }

    /// Outputs of one image in double, and the sum of the products' magnitudes of each.
    func inDouble(image: Int) -> (values: [Double], magnitudes: [Double]) {
        var values: [Double] = []
        var magnitudes: [Double] = []
        let channels = groupIn * groups
        inputs[image].withUnsafeBufferPointer { input in
            weights.withUnsafeBufferPointer { weights in
                for y in 0..<outHeight {
                    for x in 0..<outWidth {
                        for o in 0..<channelsOut {
                            var (sum, magnitude) = (0.0, 0.0)
                            for ky in 0..<kernel {
                                for kx in 0..<kernel {
                                    let (iy, ix) = (y * stride + ky - padding, x * stride + kx - padding)
                                    guard iy >= 0, iy < height, ix >= 0, ix < width else { continue }
                                    let at = (iy * width + ix) * channels + o / groupOut * groupIn
                                    let w = o * chain + (ky * kernel + kx) * groupIn
                                    for c in 0..<groupIn {
                                        let product = Double(input[at + c]) * Double(weights[w + c])
                                        sum += product
                                        magnitude += abs(product)
                                    }
                                }
                            }
                            sum += Double(bias[o])
                            values.append(ceiling == 0 ? sum : min(max(0, sum), Double(ceiling)))
                            magnitudes.append(magnitude)
                        }
                    }
                }
            }
        }
        return (values, magnitudes)
    }
}
