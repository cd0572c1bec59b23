import CKernels
import CUDAEmulation
import Testing

/// A random convolution or fully connected layer, by the plain loop and by a CUDA kernel.
struct RandomConvolution {
    var batch, height, width, groupIn, groupOut, groups: Int
    var kernelHeight, kernelWidth, strideY, strideX: Int
    var padTop, padLeft, padBottom, padRight: Int
    /// Of the ReLU: 0 for none.
    var ceiling: Float
    /// Floats of other layers around the input's and the output's pixels; the halo beyond the padding.
    var besideInput = 0
    var besideOutput = 0
    var wider = 0
    var joined = true
    private(set) var inputs: [Float] = []
    private(set) var weights: [Float] = []
    private(set) var bias: [Float] = []

    init(_ numbers: inout TestNumbers) {
        (kernelHeight, kernelWidth) = numbers.one(of: [
            (1, 1), (1, 1), (2, 2), (3, 3), (3, 3), (5, 5), (7, 7), (1, 7), (7, 1), (1, 3), (3, 2),
        ])
        (padTop, padBottom) = (numbers.below(kernelHeight + 1), numbers.below(kernelHeight + 1))
        (padLeft, padRight) = (numbers.below(kernelWidth + 1), numbers.below(kernelWidth + 1))
        (strideY, strideX) = (numbers.within(1...3), numbers.within(1...3))
        height = max(1, kernelHeight - padTop - padBottom) + numbers.below(9)
        width = max(1, kernelWidth - padLeft - padRight) + numbers.below(9)
        if numbers.below(6) == 0 {  // fully connected
            (kernelHeight, kernelWidth, strideY, strideX) = (height, width, 1, 1)
            (padTop, padLeft, padBottom, padRight) = (0, 0, 0, 0)
        }
        groups = numbers.one(of: [1, 1, 1, 2, 3])
        groupIn = numbers.one(of: [1, 3, 4, 8, 12, 17, 40])
        groupOut = numbers.one(of: [1, 5, 16, 31, 48, 64, 67, 130])
        batch = numbers.within(1...3)
        ceiling = numbers.one(of: [0, 0, .infinity, 6, 0.125])
        besideInput = numbers.one(of: [0, 0, 4, 5])
        besideOutput = numbers.one(of: [0, 4, 7])
        wider = numbers.below(2)
        joined = numbers.below(4) != 0
        fill(&numbers)
    }

    /// Random values for the shape that the properties say.
    mutating func fill(_ numbers: inout TestNumbers) {
        let inputCount = batch * height * width * channelsIn
        let weightCount = channelsOut * chain
        inputs = (0..<inputCount).map { _ in numbers.awkward() }
        weights = (0..<weightCount).map { _ in numbers.awkward() }
        // As LayerWeights does: + 0 turns -0 into +0.
        bias = (0..<channelsOut).map { _ in numbers.awkward() + 0 }
    }

    /// With both signs, so that sums become NaN.
    mutating func makeSomeInputsInfinite(every step: Int) {
        for place in inputs.indices where place % step == 0 {
            inputs[place] = place % 2 == 0 ? .infinity : -.infinity
        }
    }

    private var paddedHeight: Int { height + padTop + padBottom }
    private var paddedWidth: Int { width + padLeft + padRight }
    var outHeight: Int { (paddedHeight - kernelHeight) / strideY + 1 }
    var outWidth: Int { (paddedWidth - kernelWidth) / strideX + 1 }
    var channelsIn: Int { groupIn * groups }
    var channelsOut: Int { groupOut * groups }
    var chain: Int { kernelHeight * kernelWidth * groupIn }

    /// [batch][outHeight][outWidth][channelsOut]. The plain loop knows one stride and one padding: it runs over the
    /// padded input at stride 1, and the outputs in between are left out.
    func plain() -> [UInt32] {
        let (everyHeight, everyWidth) = (paddedHeight - kernelHeight + 1, paddedWidth - kernelWidth + 1)
        return (0..<batch).flatMap { image -> [UInt32] in
            var padded = [Float](repeating: 0, count: paddedHeight * paddedWidth * channelsIn)
            for y in 0..<height {
                for place in 0..<width * channelsIn {
                    padded[((y + padTop) * paddedWidth + padLeft) * channelsIn + place] =
                        inputs[(image * height + y) * width * channelsIn + place]
                }
            }
            var output = [Float](repeating: .nan, count: everyHeight * everyWidth * channelsOut)
            ck_conv_reference(
                padded, Int32(paddedHeight), Int32(paddedWidth), Int32(channelsIn), weights, bias, Int32(channelsOut),
                Int32(kernelHeight), Int32(kernelWidth), 1, 0, Int32(groups), ceiling, &output, Int32(everyHeight),
                Int32(everyWidth))
            return (0..<outHeight * outWidth).flatMap { pixel -> ArraySlice<UInt32> in
                let first = (pixel / outWidth * strideY * everyWidth + pixel % outWidth * strideX) * channelsOut
                return output[first..<first + channelsOut].map(\.bitPattern)[...]
            }
        }
    }

    /// The same through a kernel with this tile; `kernel` gets its name.
    func computed(_ tile: ck_cuda_tile, _ device: Device, kernel: inout String) -> [UInt32] {
        let input = Activations(
            batch: batch, height: height, width: width, channels: channelsIn,
            halo: max(padTop, padLeft, padBottom, padRight) + wider, offset: besideInput / 4 * 4,
            pixel: channelsIn + besideInput)
        input.values = inputs
        let output = Activations(
            batch: batch, height: outHeight, width: outWidth, channels: channelsOut, halo: wider,
            offset: besideOutput / 4 * 4, pixel: channelsOut + besideOutput, written: true)
        let lanes = Int(ck_conv_padded_channels(Int32(groupOut)))
        let packed = Activations(batch: 1, height: groups, width: chain, channels: lanes)
        let biases = Activations(batch: 1, height: 1, width: groups, channels: lanes)
        for group in 0..<groups {
            weights.withUnsafeBufferPointer {
                ck_conv_pack(
                    $0.baseAddress! + group * groupOut * chain, Int32(groupOut), Int64(chain),
                    packed.origin + group * lanes * chain)
            }
            for lane in 0..<lanes {
                biases.origin[group * lanes + lane] = lane < groupOut ? bias[group * groupOut + lane] : 0
            }
        }
        var call = ck_cuda_conv()
        call.input = UnsafePointer(input.origin - padTop * input.row - padLeft * input.pixel)
        (call.input_image, call.input_row, call.input_pixel) = (
            Int64(input.image), Int64(input.row), Int64(input.pixel)
        )
        call.input_group = Int32(groupIn)
        (call.stride_y, call.stride_x) = (Int32(strideY), Int32(strideX))
        call.output = output.origin
        (call.output_image, call.output_row, call.output_pixel) = (
            Int64(output.image), Int64(output.row), Int64(output.pixel)
        )
        (call.batch, call.height, call.width) = (Int32(batch), Int32(outHeight), Int32(outWidth))
        (call.channels, call.groups) = (Int32(groupOut), Int32(groups))
        (call.kernel_rows, call.kernel_columns) = (Int32(kernelHeight), Int32(kernelWidth))
        call.channels_in = Int32(groupIn)
        (call.weights, call.bias) = (UnsafePointer(packed.origin), UnsafePointer(biases.origin))
        call.ceiling = ceiling
        if joined { ck_cuda_conv_join_runs(&call) }
        let launch = ck_cuda_conv_launch(&call, tile)
        kernel = String(cString: launch.kernel)
        execute(launch, call, device)
        #expect(output.surroundingsAreWhole, "\(kernel) wrote beside its output")
        return output.bits
    }
}
