import CKernels
import Testing

/// To the nearest bfloat16, ties to even, subnormals to zero; written without regard to the kernels.
private func roundedToBFloat16(_ value: Float) -> Float {
    guard value.isNormal else { return 0 }
    let unit = Double(value.ulp) * 65536
    return Float((Double(value) / unit).rounded(.toNearestOrEven) * unit)
}

private func bits(_ images: [[Float]]) -> [[UInt32]] { images.map { $0.map(\.bitPattern) } }

extension RandomConvolution {
    /// A 3x3 kernel with stride 1, which Winograd takes.
    fileprivate static func threeByThree(_ numbers: inout TestNumbers) -> RandomConvolution {
        var convolution = RandomConvolution(&numbers)
        let old = convolution
        (convolution.kernel, convolution.stride, convolution.padding) = (3, 1, numbers.below(3))
        convolution.height = max(old.height, 3 - 2 * convolution.padding)
        convolution.width = max(old.width, 3 - 2 * convolution.padding)
        convolution.fill(&numbers)
        return convolution
    }
}

@Suite struct FastConvolutionTests {
    /// The only errors are those of rounding the factors, once each, and of the float32 sums.
    @Test(arguments: 0..<40) func bfloat16IsTheSumOfRoundedFactors(seed: Int) {
        var numbers = TestNumbers(seed)
        let convolution = RandomConvolution(&numbers)
        var rounded = convolution
        rounded.inputs = rounded.inputs.map { $0.map(roundedToBFloat16) }
        rounded.weights = rounded.weights.map(roundedToBFloat16)
        for variant in FastVariant.bfloat16 {
            let outputs = convolution.fast(variant)
            for image in 0..<convolution.batch {
                let exact = rounded.inDouble(image: image)
                let original = convolution.inDouble(image: image)
                let roundings = Double(convolution.chain + 2) * 0x1p-24
                for (place, output) in outputs[image].enumerated() {
                    let scale = exact.magnitudes[place] + 1
                    #expect(abs(Double(output) - exact.values[place]) <= scale * roundings, "\(variant)")
                    // Two relative errors of 2^-8 at the most for each product.
                    let bound = original.magnitudes[place] * 0x1.02p-7 + scale * roundings
                    #expect(abs(Double(output) - original.values[place]) <= bound, "\(variant)")
                }
            }
        }
    }

    /// Relative to the largest input and the sum of a kernel's weights: what the transforms can make of a rounding.
    @Test(arguments: 0..<40) func winogradStaysWithinOneInAHundredThousand(seed: Int) {
        var numbers = TestNumbers(seed)
        let convolution = RandomConvolution.threeByThree(&numbers)
        let reference = (0..<convolution.batch).map { convolution.inDouble(image: $0).values }
        let portable = convolution.fast(FastVariant.winograd[0])
        for image in 0..<convolution.batch {
            let largest = Double(convolution.inputs[image].map(abs).max()!)
            for (place, output) in portable[image].enumerated() {
                let o = place % convolution.channelsOut
                let weights = convolution.weights[o * convolution.chain..<(o + 1) * convolution.chain]
                let bound = 1e-5 * largest * Double(weights.reduce(0) { $0 + abs($1) }) + 1e-7
                #expect(abs(Double(output) - reference[image][place]) <= bound)
            }
        }
        for variant in FastVariant.winograd { #expect(bits(convolution.fast(variant)) == bits(portable), "\(variant)") }
    }

    @Test(arguments: 0..<10) func withoutABetterMethodTheBitsAreThoseOfExact(seed: Int) {
        var numbers = TestNumbers(seed)
        let convolution = RandomConvolution(&numbers)
        for variant in FastVariant.exact {
            #expect(bits(convolution.fast(variant)) == bits(convolution.packed(isa: variant.isa)))
        }
    }

    /// Shapes that are divided in every way: into chunks of pixels or tiles, groups of panels, blocks of the chain.
    @Test(arguments: [
        (size: 1, padding: 1, batch: 1600, from: 3, to: 500), (size: 13, padding: 0, batch: 2, from: 190, to: 70),
        (size: 23, padding: 1, batch: 4, from: 18, to: 140),
    ])
    func neitherBatchNorThreadsNorOrderChangeABit(size: Int, padding: Int, batch: Int, from: Int, to: Int) {
        var numbers = TestNumbers(size)
        var convolution = RandomConvolution(&numbers)
        (convolution.kernel, convolution.stride, convolution.padding, convolution.groups) = (3, 1, padding, 1)
        (convolution.height, convolution.width, convolution.batch) = (size, size, batch)
        (convolution.groupIn, convolution.groupOut) = (from, to)
        convolution.fill(&numbers)
        for variant in FastVariant.winograd.suffix(1) + FastVariant.bfloat16.suffix(1) {
            let reversed = bits(convolution.fast(variant))
            for threads in [1, 3] {
                #expect(bits(convolution.fast(variant, threads: threads)) == reversed, "\(variant)")
            }
            for image in [0, batch - 1] {
                #expect(bits(convolution.only(image: image).fast(variant)) == [reversed[image]], "\(variant)")
            }
        }
    }

    /// Fully connected layers are maps of one pixel; the chains here end inside, at and after a block.
    @Test(arguments: [1, 2, 31, 1535, 1536, 1537, 3072, 4100]) func aMapOfOnePixel(channels: Int) {
        var numbers = TestNumbers(channels)
        var convolution = RandomConvolution(&numbers)
        (convolution.kernel, convolution.stride, convolution.padding, convolution.groups) = (1, 1, 0, 1)
        (convolution.height, convolution.width, convolution.batch, convolution.ceiling) = (1, 1, 2, 0)
        (convolution.groupIn, convolution.groupOut) = (channels, 70)
        convolution.fill(&numbers)
        for variant in FastVariant.bfloat16 {
            let outputs = convolution.fast(variant)
            for image in 0..<2 {
                let (values, magnitudes) = convolution.inDouble(image: image)
                for (place, output) in outputs[image].enumerated() {
                    let bound = magnitudes[place] * (0x1.02p-7 + Double(channels + 2) * 0x1p-24) + 1e-6
                    #expect(abs(Double(output) - values[place]) <= bound, "\(variant)")
                }
            }
        }
        (convolution.kernel, convolution.padding) = (3, 1)
        convolution.fill(&numbers)
        for variant in FastVariant.winograd {
            let outputs = convolution.fast(variant)
            for image in 0..<2 {
                let (values, magnitudes) = convolution.inDouble(image: image)
                for (place, output) in outputs[image].enumerated() {
                    #expect(abs(Double(output) - values[place]) <= 1e-5 * magnitudes[place] * 9 + 1e-6, "\(variant)")
                }
            }
        }
    }

    @Test func bfloat16TakesSubnormalsForZeros() {
        var numbers = TestNumbers(5)
        var convolution = RandomConvolution(&numbers)
        convolution.ceiling = 0
        convolution.inputs = convolution.inputs.map { $0.map { $0 * 0x1p-127 } }
        for variant in FastVariant.bfloat16 {
            for image in convolution.fast(variant) {
                for (place, output) in image.enumerated() {
                    #expect(output == convolution.bias[place % convolution.channelsOut], "\(variant)")
                }
            }
        }
    }

    @Test func winogradKeepsSubnormals() {
        var numbers = TestNumbers(6)
        var convolution = RandomConvolution.threeByThree(&numbers)
        convolution.ceiling = 0
        convolution.bias = convolution.bias.map { _ in 0 }
        convolution.inputs = convolution.inputs.map { $0.map { $0 * 0x1p-130 } }
        let reference = (0..<convolution.batch).map { convolution.inDouble(image: $0).values }
        for variant in FastVariant.winograd {
            let outputs = convolution.fast(variant)
            // Some hundred roundings to the grid of subnormals, spaced by 2^-149.
            for image in 0..<convolution.batch {
                for (place, output) in outputs[image].enumerated() {
                    let bound = 0x1p-149 * Double(convolution.chain) * 100
                    #expect(abs(Double(output) - reference[image][place]) <= bound, "\(variant)")
                }
                #expect(outputs[image].contains { $0 != 0 && $0.isSubnormal })
            }
        }
    }

    @Test func reluNeverLeavesNegativeZero() {
        for variant in FastVariant.bfloat16 + FastVariant.winograd {
            var numbers = TestNumbers(1)
            var convolution = RandomConvolution.threeByThree(&numbers)
            convolution.ceiling = .infinity
            convolution.weights = convolution.weights.map { _ in 0 }
            convolution.bias = convolution.bias.map { _ in -1 }
            for image in convolution.fast(variant) { #expect(image.allSatisfy { $0.bitPattern == 0 }, "\(variant)") }
        }
    }

    /// Winograd where tiles of 4x4 fit, with or without bfloat16 instructions; no machine runs a portable twin.
    @Test func choosesByLayerAndMachine() {
        func choose(_ bf16: Int32, _ kernel: Int32, _ stride: Int32, _ from: Int32, _ to: Int32, _ size: Int32)
            -> ck_fast_method
        { ck_conv_fast_choose(CK_ISA_AVX512, bf16, kernel, kernel, stride, from, to, size, size) }
        for bf16: Int32 in [0, 1] {
            #expect(choose(bf16, 3, 1, 64, 64, 224) == CK_FAST_WINOGRAD)
            #expect(choose(bf16, 3, 1, 512, 512, 14) == CK_FAST_WINOGRAD)
            #expect(choose(bf16, 3, 1, 3, 64, 224) == CK_FAST_EXACT)
            let others = bf16 == 1 ? CK_FAST_BF16 : CK_FAST_EXACT
            #expect(choose(bf16, 1, 1, 4096, 1000, 1) == others)
            #expect(choose(bf16, 3, 2, 64, 64, 56) == others)
            #expect(choose(bf16, 3, 1, 512, 512, 2) == others)
            #expect(choose(bf16, 11, 4, 3, 64, 55) == others)
        }
        #expect(ck_conv_fast_choose(CK_ISA_AVX2, 1, 5, 5, 1, 64, 64, 27, 27) == CK_FAST_EXACT)
    }
}
