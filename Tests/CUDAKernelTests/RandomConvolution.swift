import CKernels
import CUDAEmulation
import Testing

/// A random convolution or fully connected layer, by the plain loop and by a CUDA kernel.
struct RandomConvolution {
    var batch, height, width, groupIn, groupOut, groups: Int
    var kernelHeight, kernelWidth, stride, padding: Int
    var relu: Bool
    /// Floats of other layers around the input's and the output's pixels; the halo beyond the padding.
    var besideInput = 0
    var besideOutput = 0
    var wider = 0
    var joined = true
    private(set) var inputs: [Float] = []
    private(set) var weights: [Float] = []
    private(set) var bias: [Float] = []

    init(_ numbers: inout TestNumbers) {
        kernelHeight = numbers.one(of: [1, 1, 2, 3, 3, 5, 7])
        kernelWidth = kernelHeight
        padding = numbers.below(kernelHeight + 2)
        stride = numbers.within(1...3)
        height = max(1, kernelHeight - 2 * padding) + numbers.below(9)
        width = max(1, kernelHeight - 2 * padding) + numbers.below(9)
        if numbers.below(6) == 0 {  // fully connected
            (kernelHeight, kernelWidth, padding, stride) = (height, width, 0, 1)
        }
        groups = numbers.one(of: [1, 1, 1, 2, 3])
        groupIn = numbers.one(of: [1, 3, 4, 8, 12, 17, 40])
        groupOut = numbers.one(of: [1, 5, 16, 31, 48, 64, 67, 130])
        batch = numbers.within(1...3)
        relu = numbers.below(2) == 0
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
    mutating func makeEveryThirdInputInfinite() {
        for place in inputs.indices where place % 3 == 0 {
            inputs[place] = place % 2 == 0 ? .infinity : -.infinity
        }
    }

    var outHeight: Int { (height + 2 * padding - kernelHeight) / stride + 1 }
    var outWidth: Int { (width + 2 * padding - kernelWidth) / stride + 1 }
    var channelsIn: Int { groupIn * groups }
    var channelsOut: Int { groupOut * groups }
    var chain: Int { kernelHeight * kernelWidth * groupIn }

    /// [batch][outHeight][outWidth][channelsOut]
    func plain() -> [UInt32] {
        (0..<batch).flatMap { image -> [UInt32] in
            var output = [Float](repeating: .nan, count: outHeight * outWidth * channelsOut)
            let size = height * width * channelsIn
            ck_conv_reference(
                Array(inputs[image * size..<(image + 1) * size]), Int32(height), Int32(width), Int32(channelsIn),
                weights, bias, Int32(channelsOut), Int32(kernelHeight), Int32(kernelWidth), Int32(stride),
                Int32(padding), Int32(groups), relu ? 1 : 0, &output, Int32(outHeight), Int32(outWidth))
            return output.map(\.bitPattern)
        }
    }

    /// The same through a kernel with this tile; `kernel` gets its name.
    func emulated(_ tile: ck_cuda_tile, _ order: cuda_emulation_order, kernel: inout String) -> [UInt32] {
        let input = Activations(
            batch: batch, height: height, width: width, channels: channelsIn, halo: padding + wider,
            offset: besideInput / 4 * 4, pixel: channelsIn + besideInput)
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
        call.input = UnsafePointer(input.origin - padding * (input.row + input.pixel))
        (call.input_image, call.input_row, call.input_pixel) = (
            Int64(input.image), Int64(input.row), Int64(input.pixel)
        )
        call.input_group = Int32(groupIn)
        (call.stride_y, call.stride_x) = (Int32(stride), Int32(stride))
        call.output = output.origin
        (call.output_image, call.output_row, call.output_pixel) = (
            Int64(output.image), Int64(output.row), Int64(output.pixel)
        )
        (call.batch, call.height, call.width) = (Int32(batch), Int32(outHeight), Int32(outWidth))
        (call.channels, call.groups) = (Int32(groupOut), Int32(groups))
        (call.kernel_rows, call.kernel_columns) = (Int32(kernelHeight), Int32(kernelWidth))
        call.channels_in = Int32(groupIn)
        (call.weights, call.bias) = (UnsafePointer(packed.origin), UnsafePointer(biases.origin))
        call.relu = relu ? 1 : 0
        if joined { ck_cuda_conv_join_runs(&call) }
        let launch = ck_cuda_conv_launch(&call, tile)
        kernel = String(cString: launch.kernel)
        emulate(launch, call, order)
        #expect(output.surroundingsAreWhole, "\(kernel) wrote beside its output")
        return output.bits
    }
}
