import CKernels

/// The shape of a layer that has weights: a convolution, or a fully connected layer as one over its whole input.
struct LayerGeometry: Sendable, Hashable {
    /// 1x1 for a fully connected layer over a vector.
    let window: Window
    let groups: Int
    let rectifier: Rectifier
    /// Channels of the input and of the output.
    let channelsIn: Int
    let channelsOut: Int
    /// A fully connected layer over a vector, whose units choose among their inputs by another rule.
    let isVector: Bool

    var kernelHeight: Int { window.kernel.height }
    var kernelWidth: Int { window.kernel.width }
    /// Channels of one group.
    var groupIn: Int { channelsIn / groups }
    var groupOut: Int { channelsOut / groups }
    /// Products of one output: the length of its chain.
    var chain: Int { window.kernel.area * groupIn }
    /// Packed output channels of one group.
    var paddedGroup: Int { Int(ck_conv_padded_channels(Int32(groupOut))) }
    /// As many groups as channels, with kernels of its own for the bottom-up pass.
    var isDepthwise: Bool { groups > 1 && groups == channelsIn && groups == channelsOut }
    var isOneByOne: Bool { window.kernel == 1 }

    /// Floats of `LayerWeights`' three arrays.
    var rowsCount: Int { channelsOut * chain }
    var packedCount: Int { isDepthwise ? rowsCount : groups * paddedGroup * chain }
    var biasCount: Int { isDepthwise ? channelsOut : groups * paddedGroup }

    /// The chain of one output pixel as contiguous runs of an input with these strides in floats.
    func runs(row: Int, pixel: Int) -> (offsets: [Int32], lengths: [Int32]) {
        var offsets: [Int32] = []
        var lengths: [Int32] = []
        func add(_ offset: Int, _ length: Int) {
            var done = 0
            while done < length {
                let part = min(length - done, Int(CK_CONV_RUN_LIMIT))
                offsets.append(Int32(offset + done))
                lengths.append(Int32(part))
                done += part
            }
        }
        for y in 0..<kernelHeight {
            if pixel == groupIn {  // neighbouring pixels' channels follow each other: one run a kernel row
                add(y * row, kernelWidth * groupIn)
            } else {
                for x in 0..<kernelWidth { add(y * row + x * pixel, groupIn) }
            }
        }
        return (offsets, lengths)
    }
}
