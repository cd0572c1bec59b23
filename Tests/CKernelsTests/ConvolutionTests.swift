import CKernels
import Testing

/// The numbers of a linear congruential generator: the same in every run.
struct TestNumbers {
    var state: UInt64
    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state >> 33
    }
    mutating func below(_ n: Int) -> Int { Int(next() % UInt64(n)) }
    mutating func within(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.count) }
    /// In (-1, 1), all 24 bits of the significand used.
    mutating func signed() -> Float { Float(Int(next() & 0xFF_FFFF) - 0x80_0000) / Float(0x80_0000) }
}

let availableISAs: [ck_isa] = [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON].filter {
    ck_isa_available($0) != 0
}

/// A random convolution and the outputs of the plain loop and of each kernel.
struct RandomConvolution {
    var height, width, groupIn, groupOut, groups, kernel, stride, padding, batch: Int
    /// Of the ReLU; 0 for none.
    var ceiling: Float
    var inputs: [[Float]] = []
    var weights: [Float] = []
    var bias: [Float] = []

    init(_ numbers: inout TestNumbers) {
        kernel = [1, 1, 2, 3, 3, 5, 7, 11][numbers.below(8)]
        padding = numbers.below(kernel)
        stride = numbers.within(1...4)
        height = max(1, kernel - 2 * padding) + numbers.below(14)
        width = max(1, kernel - 2 * padding) + numbers.below(14)
        groups = [1, 1, 1, 2, 3][numbers.below(5)]
        groupIn = numbers.within(1...[4, 20, 70][numbers.below(3)])
        groupOut = numbers.within(1...[9, 40, 150][numbers.below(3)])
        batch = numbers.within(1...3)
        ceiling = [0, .infinity, 0.5, 6][numbers.below(4)]
        fill(&numbers)
    }

    /// Random values for the shape that the properties say.
    mutating func fill(_ numbers: inout TestNumbers) {
        inputs = (0..<batch).map { _ in
            (0..<height * width * groupIn * groups).map { _ in
                let value = numbers.signed()
                return numbers.below(3) == 0 ? 0 : value
            }
        }
        weights = (0..<groupOut * groups * kernel * kernel * groupIn).map { _ in numbers.signed() }
        bias = (0..<groupOut * groups).map { _ in numbers.signed() }
    }

    var outHeight: Int { (height + 2 * padding - kernel) / stride + 1 }
    var outWidth: Int { (width + 2 * padding - kernel) / stride + 1 }
    var channelsOut: Int { groupOut * groups }

    func plain(image: Int) -> [Float] {
        var output = [Float](repeating: .nan, count: outHeight * outWidth * channelsOut)
        ck_conv_reference(
            inputs[image], Int32(height), Int32(width), Int32(groupIn * groups), weights, bias, Int32(channelsOut),
            Int32(kernel), Int32(kernel), Int32(stride), Int32(padding), Int32(groups), ceiling, &output,
            Int32(outHeight), Int32(outWidth))
        return output
    }

    /// Lays out one batch as the kernels expect it and calls `run` once a group with everything but the weights. The
    /// output lies between guard channels, the input ends at a page that cannot be read.
    /// With `nonzero` bits, which takes groups of a multiple of 8 channels.
    func outputs(nonzero: ck_isa? = nil, _ run: (_ group: Int, _ call: inout ck_conv) -> Void) -> [[Float]] {
        let channels = groupIn * groups
        let row = (width + 2 * padding) * channels
        let image = (height + 2 * padding) * row
        let padded = GuardedFloats(count: image * batch)
        for b in 0..<batch {
            for y in 0..<height {
                for x in 0..<width * channels {
                    padded.pointer[b * image + (y + padding) * row + padding * channels + x] =
                        inputs[b][y * width * channels + x]
                }
            }
        }
        let marks = AlignedMemory(bytes: (image * batch + 7) / 8 + Int(CK_NONZERO_SLACK))
        let bits = nonzero.map { isa in
            ck_nonzero_bits(isa, padded.pointer, Int64(image * batch), marks.bytePointer)
            return UnsafePointer(marks.bytePointer)
        }
        let guardChannels = 5
        let pixel = channelsOut + guardChannels
        let outImage = outHeight * outWidth * pixel
        var output = [Float](repeating: -77, count: outImage * batch)
        let lanes = Int(ck_conv_padded_channels(Int32(groupOut)))
        var offsets: [Int32] = []
        var lengths: [Int32] = []
        for ky in 0..<kernel {
            for kx in 0..<kernel {
                offsets.append(Int32(ky * row + kx * channels))
                lengths.append(Int32(groupIn))
            }
        }
        for group in 0..<groups {
            var groupBias = Array(bias[group * groupOut..<(group + 1) * groupOut])
            groupBias += [Float](repeating: 0, count: lanes - groupOut)
            output.withUnsafeMutableBufferPointer { output in
                groupBias.withUnsafeBufferPointer { bias in
                    offsets.withUnsafeBufferPointer { offsets in
                        lengths.withUnsafeBufferPointer { lengths in
                            var call = ck_conv(
                                input: padded.pointer + group * groupIn, input_image: image, input_row: row,
                                input_pixel: channels, stride_y: Int32(stride), stride_x: Int32(stride),
                                output: output.baseAddress! + group * groupOut, output_image: outImage,
                                output_row: outWidth * pixel, output_pixel: pixel, batch: Int32(batch),
                                height: Int32(outHeight), width: Int32(outWidth), channels: Int32(groupOut),
                                runs: Int32(offsets.count), run_offset: offsets.baseAddress,
                                run_length: lengths.baseAddress, weights: nil, bias: bias.baseAddress,
                                ceiling: ceiling, nonzero: bits.map { $0 + group * groupIn / 8 })
                            run(group, &call)
                        }
                    }
                }
            }
        }
        return (0..<batch).map { b in
            (0..<outHeight * outWidth).flatMap { place -> [Float] in
                let at = b * outImage + place * pixel
                #expect(output[at + channelsOut..<at + pixel].allSatisfy { $0 == -77 }, "wrote past its channels")
                return Array(output[at..<at + channelsOut])
            }
        }
    }

    /// Floats of one group's chain.
    var chain: Int { kernel * kernel * groupIn }

    /// Through ck_conv_run, tasks in reversed order.
    func packed(isa: ck_isa, nonzero: Bool = false) -> [[Float]] {
        let lanes = Int(ck_conv_padded_channels(Int32(groupOut)))
        let packed = AlignedMemory(bytes: lanes * chain * 4)
        let scratch = AlignedMemory(bytes: Int(CK_CONV_SCRATCH) * 4)
        return outputs(nonzero: nonzero ? isa : nil) { group, call in
            weights.withUnsafeBufferPointer {
                ck_conv_pack(
                    $0.baseAddress! + group * groupOut * chain, Int32(groupOut), Int64(chain), packed.floats)
            }
            call.weights = UnsafePointer(packed.floats)
            for task in (0..<ck_conv_tasks(&call)).reversed() { ck_conv_run(isa, &call, task, scratch.floats) }
        }
    }
}

@Suite struct ConvolutionTests {
    @Test(arguments: 0..<60) func everyKernelGivesTheBitsOfThePlainLoop(seed: Int) {
        var numbers = TestNumbers(seed)
        let convolution = RandomConvolution(&numbers)
        let plain = (0..<convolution.batch).map { convolution.plain(image: $0).map(\.bitPattern) }
        for isa in availableISAs {
            let packed = convolution.packed(isa: isa).map { $0.map(\.bitPattern) }
            #expect(
                packed == plain, "\(String(cString: ck_isa_name(isa))), \(convolution.kernel)x\(convolution.kernel)")
        }
    }

    @Test func relativeErrorAgainstDoubleStaysUnderOneInAHundredThousand() {
        var numbers = TestNumbers(4711)
        let (chain, outputs) = (4096, 64)
        let input = (0..<chain).map { _ in abs(numbers.signed()) }
        let weights = (0..<chain * outputs).map { _ in numbers.signed() }
        var output = [Float](repeating: 0, count: outputs)
        ck_conv_reference(
            input, 1, 1, Int32(chain), weights, [Float](repeating: 0, count: outputs), Int32(outputs), 1, 1, 1, 0, 1, 0,
            &output, 1, 1)
        for o in 0..<outputs {
            var exact = 0.0
            var scale = 0.0
            for k in 0..<chain {
                let product = Double(input[k]) * Double(weights[o * chain + k])
                exact += product
                scale += abs(product)
            }
            #expect(abs(Double(output[o]) - exact) / scale < 1e-5)
        }
    }

    /// ReLU6 and its like: what exceeds the ceiling becomes it, what is not a number becomes 0.
    @Test(arguments: [Float(6), 0.5, .infinity]) func aCeilingIsReachedAndNeverPassed(ceiling: Float) {
        for isa in availableISAs {
            var numbers = TestNumbers(3)
            var convolution = RandomConvolution(&numbers)
            convolution.ceiling = ceiling
            convolution.inputs = convolution.inputs.map { image in
                image.map { _ in [.infinity, -.infinity, 1e30, -1e30][numbers.below(4)] }
            }
            let outputs = convolution.packed(isa: isa).flatMap { $0 }
            #expect(Set(outputs.map(\.bitPattern)).isSuperset(of: [0, ceiling.bitPattern]))
            #expect(outputs.allSatisfy { $0 >= 0 && $0 <= ceiling })
        }
    }

    @Test func reluNeverLeavesNegativeZero() {
        // One tap, weight 0: the chain is +0 and the bias -0 adds up to +0; with a negative bias ReLU gives +0.
        for isa in availableISAs {
            var numbers = TestNumbers(1)
            var convolution = RandomConvolution(&numbers)
            convolution.ceiling = .infinity
            convolution.weights = convolution.weights.map { _ in 0 }
            convolution.bias = convolution.bias.map { _ in -1 }
            for image in convolution.packed(isa: isa) { #expect(image.allSatisfy { $0.bitPattern == 0 }) }
        }
    }
}
