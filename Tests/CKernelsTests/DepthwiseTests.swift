import CKernels
import Testing

/// A random depthwise convolution; its outputs by the plainest loops, and by a kernel.
private struct RandomDepthwise: CustomStringConvertible {
    let batch, height, width, channels: Int
    let kernel: (height: Int, width: Int)
    let stride: (y: Int, x: Int)
    let padding: (top: Int, left: Int, bottom: Int, right: Int)
    let gaps: (input: Int, output: Int)
    let ceiling: Float
    let input, weights, bias: [Float]

    init(seed: Int) {
        var numbers = TestNumbers(seed)
        batch = numbers.within(1...3)
        // The usual kernels and strides have loops of their own.
        let usual = numbers.below(3) != 0
        kernel = usual ? [(3, 3), (5, 5), (1, 1)][numbers.below(3)] : (numbers.within(1...7), numbers.within(1...7))
        let step = numbers.within(1...2)
        stride = usual ? (step, step) : (numbers.within(1...3), numbers.within(1...3))
        padding = (
            numbers.below(kernel.height), numbers.below(kernel.width), numbers.below(kernel.height),
            numbers.below(kernel.width)
        )
        height = kernel.height + numbers.below(9)
        width = kernel.width + numbers.below(40)
        // Multiples of no vector's width too, and less than one vector.
        channels = [16, 32, 48, 8, 1, 3, 24, 35, 67][numbers.below(9)]
        gaps = (numbers.below(2) * numbers.below(7), numbers.below(2) * numbers.below(7))
        ceiling = numbers.ceiling()
        let awkward = numbers.below(3) == 0
        input = (0..<batch * height * width * channels).map { _ in awkward ? numbers.awkward() : numbers.signed() }
        weights = (0..<kernel.height * kernel.width * channels).map { _ in
            numbers.below(9) == 0 ? 0 : numbers.signed()
        }
        bias = (0..<channels).map { _ in numbers.below(3) == 0 ? 0 : numbers.signed() }
    }

    var description: String {
        "\(kernel) / \(stride) over \(height)x\(width)x\(channels), padding \(padding), ceiling \(ceiling)"
    }

    var outHeight: Int { (height + padding.top + padding.bottom - kernel.height) / stride.y + 1 }
    var outWidth: Int { (width + padding.left + padding.right - kernel.width) / stride.x + 1 }

    /// [batch][outHeight][outWidth][channels]
    var plain: [Float] {
        var outputs: [Float] = []
        for image in 0..<batch {
            for y in 0..<outHeight {
                for x in 0..<outWidth {
                    for c in 0..<channels {
                        var sum: Float = 0
                        for ky in 0..<kernel.height {
                            for kx in 0..<kernel.width {
                                let (row, column) = (y * stride.y + ky - padding.top, x * stride.x + kx - padding.left)
                                let isInside = (0..<height).contains(row) && (0..<width).contains(column)
                                let value =
                                    isInside ? input[((image * height + row) * width + column) * channels + c] : 0
                                sum.addProduct(value, weights[(ky * kernel.width + kx) * channels + c])
                            }
                        }
                        outputs.append(relu(sum + bias[c], ceiling: ceiling))
                    }
                }
            }
        }
        return outputs
    }

    /// By a kernel, its tasks from the last to the first.
    func outputs(_ isa: ck_isa) -> [Float] {
        let from = PaddedActivations(
            batch: batch, height: height, width: width, channels: channels, top: padding.top, left: padding.left,
            bottom: padding.bottom, right: padding.right, gap: gaps.input)
        from.values = input
        let to = PaddedActivations(
            batch: batch, height: outHeight, width: outWidth, channels: channels, top: 1, right: 1, gap: gaps.output)
        let (weights, bias) = (GuardedFloats(count: self.weights.count), GuardedFloats(count: channels))
        weights.pointer.update(from: self.weights, count: self.weights.count)
        bias.pointer.update(from: self.bias, count: channels)
        var call = ck_depthwise(
            input: from.origin - padding.top * from.row - padding.left * from.pixel, input_image: Int64(from.image),
            input_row: Int64(from.row), input_pixel: Int64(from.pixel), kernel_height: Int32(kernel.height),
            kernel_width: Int32(kernel.width), stride_y: Int32(stride.y), stride_x: Int32(stride.x),
            output: to.origin, output_image: Int64(to.image), output_row: Int64(to.row),
            output_pixel: Int64(to.pixel), batch: Int32(batch), height: Int32(outHeight), width: Int32(outWidth),
            channels: Int32(channels), weights: weights.pointer, bias: bias.pointer, ceiling: ceiling)
        for task in (0..<ck_depthwise_tasks(&call)).reversed() { ck_depthwise_run(isa, &call, task) }
        #expect(to.gapsAreWhole, "wrote beside its output: \(self)")
        return to.values
    }
}

@Suite struct DepthwiseTests {
    @Test(arguments: 0..<120) func everyKernelGivesTheBitsOfThePlainLoop(seed: Int) {
        let layer = RandomDepthwise(seed: seed)
        let plain = layer.plain.comparable
        for isa in availableISAs {
            #expect(layer.outputs(isa).comparable == plain, "\(String(cString: ck_isa_name(isa))): \(layer)")
        }
    }

    /// One channel a group, as ck_conv has it: the two kernels may stand for each other.
    @Test(arguments: 0..<6) func depthwiseIsAConvolutionInGroups(seed: Int) {
        var numbers = TestNumbers(seed)
        var convolution = RandomConvolution(&numbers)
        (convolution.groups, convolution.groupIn, convolution.groupOut) = (numbers.within(1...40), 1, 1)
        convolution.fill(&numbers)
        let (kernel, channels) = (convolution.kernel, convolution.groups)
        let from = PaddedActivations(
            batch: convolution.batch, height: convolution.height, width: convolution.width, channels: channels,
            top: convolution.padding, left: convolution.padding, bottom: convolution.padding,
            right: convolution.padding)
        from.values = convolution.inputs.flatMap { $0 }
        let to = PaddedActivations(
            batch: convolution.batch, height: convolution.outHeight, width: convolution.outWidth, channels: channels)
        let weights = (0..<kernel * kernel).flatMap { tap in
            (0..<channels).map { convolution.weights[$0 * kernel * kernel + tap] }
        }
        for isa in availableISAs {
            weights.withUnsafeBufferPointer { weights in
                convolution.bias.withUnsafeBufferPointer { bias in
                    var call = ck_depthwise(
                        input: from.origin - convolution.padding * (from.row + from.pixel),
                        input_image: Int64(from.image), input_row: Int64(from.row), input_pixel: Int64(from.pixel),
                        kernel_height: Int32(kernel), kernel_width: Int32(kernel),
                        stride_y: Int32(convolution.stride), stride_x: Int32(convolution.stride), output: to.origin,
                        output_image: Int64(to.image), output_row: Int64(to.row), output_pixel: Int64(to.pixel),
                        batch: Int32(convolution.batch), height: Int32(to.height), width: Int32(to.width),
                        channels: Int32(channels), weights: weights.baseAddress, bias: bias.baseAddress,
                        ceiling: convolution.ceiling)
                    for task in 0..<ck_depthwise_tasks(&call) { ck_depthwise_run(isa, &call, task) }
                }
            }
            #expect(to.values.comparable == convolution.packed(isa: isa).flatMap { $0 }.comparable)
        }
    }

    @Test func aLargeImageIsManyTasksAndASmallOneIsOne() {
        var call = ck_depthwise()
        (call.batch, call.height, call.width, call.channels) = (1, 112, 112, 96)
        #expect(ck_depthwise_tasks(&call) > 16)
        (call.batch, call.height, call.width, call.channels) = (5, 7, 7, 32)
        #expect(ck_depthwise_tasks(&call) == 5)
        // A task is at least a row.
        (call.batch, call.height, call.width, call.channels) = (1, 2, 1000, 1000)
        #expect(ck_depthwise_tasks(&call) == 2)
    }
}
