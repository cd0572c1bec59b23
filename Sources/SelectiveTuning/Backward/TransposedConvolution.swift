import CKernels

/// The gradient of a convolution by its input, as convolutions of the output's gradient that the forward pass's kernels
/// compute.
///
/// An input cell was read by windows whose distance from it is a multiple of the stride: with stride s the cells of each
/// remainder along an axis, a *phase*, have a stride-1 convolution of their own, whose kernel is every s-th weight in
/// reverse order. So an element is one chain over (output row, output column, output channel), ascending, and one addition
/// of +0. Taps beyond the output are zeros around its gradient, and change nothing.
struct TransposedConvolution: Sendable {
    /// Cells of the input with one remainder, along one axis.
    struct Axis: Sendable {
        /// The first of them, and how many there are.
        let first: Int
        let count: Int
        /// Windows that may hold one of them; 0 where the stride steps over them.
        let taps: Int
        /// The first window of the first cell: negative, or beyond the last one, where there are zeros.
        let start: Int
        /// Which weight of the kernel the first window has for it; the next ones have those `stride` before.
        let weight: Int

        static func phases(kernel: Int, stride: Int, before: Int, input: Int) -> [Axis] {
            (0..<stride).compactMap { remainder in
                let first = ((remainder - before) % stride + stride) % stride
                guard first < input else { return nil }
                let taps = remainder < kernel ? (kernel - remainder + stride - 1) / stride : 0
                return Axis(
                    first: first, count: (input - first + stride - 1) / stride, taps: taps,
                    start: (first + before - remainder) / stride - (taps - 1),
                    weight: remainder + stride * (taps - 1))
            }
        }

        /// Zeros that it wants before and after `windows` gradients.
        func border(windows: Int) -> (before: Int, after: Int) {
            guard taps > 0 else { return (0, 0) }
            return (max(0, -start), max(0, start + count - 1 + taps - windows))
        }
    }

    struct Phase: Sendable {
        let rows: Axis
        let columns: Axis
        /// Of its convolution: its inputs are the forward pass's outputs.
        let geometry: LayerGeometry
    }

    /// Those that some window reads.
    let phases: [Phase]
    /// Whether the phases are all cells of the input.
    let coversInput: Bool
    /// Zeros around the output's gradient.
    let border: Padding

    init(_ forward: LayerGeometry, input: Shape, output: Shape) {
        let window = forward.window
        let rows = Axis.phases(
            kernel: window.kernel.height, stride: window.stride.height, before: window.padding.top, input: input.height)
        let columns = Axis.phases(
            kernel: window.kernel.width, stride: window.stride.width, before: window.padding.left, input: input.width)
        let all = rows.flatMap { rows in columns.map { (rows, $0) } }
        let read = all.filter { $0.taps > 0 && $1.taps > 0 }
        phases = read.map { rows, columns in
            Phase(
                rows: rows, columns: columns,
                geometry: LayerGeometry(
                    window: Window(kernel: Sides(height: rows.taps, width: columns.taps)), groups: forward.groups,
                    rectifier: .none, channelsIn: forward.channelsOut, channelsOut: forward.channelsIn,
                    isVector: false))
        }
        coversInput = read.count == all.count
        var border: Padding = 0
        for phase in phases {
            let (vertical, horizontal) = (
                phase.rows.border(windows: output.height), phase.columns.border(windows: output.width)
            )
            border = Padding(
                top: max(border.top, vertical.before), left: max(border.left, horizontal.before),
                bottom: max(border.bottom, vertical.after), right: max(border.right, horizontal.after))
        }
        self.border = border
    }

    /// Packs one phase's weights for its kernel.
    /// - Parameters:
    ///   - rows: `LayerWeights.rows` of the forward pass.
    ///   - packed: `phase.geometry.packedCount` floats.
    static func pack(
        _ phase: Phase, _ forward: LayerGeometry, rows: FloatBuffer, into packed: UnsafeMutablePointer<Float>,
        layer: String, pool: ThreadPool
    ) throws(NetworkError) {
        let (window, geometry) = (forward.window, phase.geometry)
        let (inputs, outputs) = (forward.groupIn, forward.groupOut)
        let taps = (0..<phase.rows.taps).flatMap { y in
            (0..<phase.columns.taps).map { x in
                (phase.rows.weight - y * window.stride.height) * window.kernel.width
                    + phase.columns.weight - x * window.stride.width
            }
        }
        nonisolated(unsafe) let packed = packed
        guard !geometry.isDepthwise else {
            for (place, tap) in taps.enumerated() {
                for channel in 0..<forward.channelsOut {
                    packed[place * forward.channelsOut + channel] = rows.pointer[channel * forward.chain + tap]
                }
            }
            return
        }
        // [input][tap][output] of each group, as the forward pass's rows are [output][tap][input].
        let turned = try FloatBuffer(
            count: forward.groups * inputs * geometry.chain, purpose: "the transposed weights of \(layer)")
        pool.run(forward.groups * inputs) { task, _ in
            let (group, input) = (task / inputs, task % inputs)
            var target = turned.pointer + task * geometry.chain
            for tap in taps {
                let first = rows.pointer + group * outputs * forward.chain + tap * inputs + input
                for output in 0..<outputs { target[output] = first[output * forward.chain] }
                target += outputs
            }
        }
        pool.run(forward.groups) { group, _ in
            ck_conv_pack(
                turned.pointer + group * inputs * geometry.chain, Int32(inputs), Int64(geometry.chain),
                packed + group * geometry.paddedGroup * geometry.chain)
        }
    }
}

extension LayerGeometry {
    /// Whether each input has one weight an output, in the order of the memory: the gradient is then a sum of whole rows.
    func isWhole(input: Shape, output: Shape) -> Bool {
        groups == 1 && output.height == 1 && output.width == 1 && window.padding.top == 0 && window.padding.left == 0
            && window.kernel == Sides(height: input.height, width: input.width)
    }
}
