import CKernels
import Testing

/// Convolutions that leave out the products with zeros.
@Suite struct SparseConvolutionTests {
    /// Groups of whole bytes of bits; `share` of the inputs are zero, of both signs, and some products underflow, so that
    /// chains become -0 on their way.
    private func convolution(_ seed: Int, share: Int) -> RandomConvolution {
        var numbers = TestNumbers(seed)
        var convolution = RandomConvolution(&numbers)
        convolution.groupIn = 8 * numbers.within(1...[3, 9, 20][numbers.below(3)])
        convolution.fill(&numbers)
        let tiny: Float = 1e-30
        for image in convolution.inputs.indices {
            for place in convolution.inputs[image].indices {
                if numbers.below(100) < share { convolution.inputs[image][place] = numbers.below(2) == 0 ? 0 : -0.0 }
                if numbers.below(5) == 0 { convolution.inputs[image][place] *= tiny }
            }
        }
        for place in convolution.weights.indices where numbers.below(5) == 0 { convolution.weights[place] *= tiny }
        if seed % 3 == 0 { convolution.bias = convolution.bias.map { _ in 0 } }
        return convolution
    }

    @Test(arguments: 0..<60) func leavingZerosOutKeepsTheBitsOfThePlainLoop(seed: Int) {
        let convolution = convolution(seed, share: [20, 50, 80, 97, 100][seed % 5])
        let plain = (0..<convolution.batch).map { convolution.plain(image: $0).map(\.bitPattern) }
        for isa in availableISAs {
            let sparse = convolution.packed(isa: isa, nonzero: true).map { $0.map(\.bitPattern) }
            #expect(
                sparse == plain, "\(String(cString: ck_isa_name(isa))), \(convolution.kernel)x\(convolution.kernel)")
        }
    }

    /// Infinite weights show which products are made: infinity times zero is not a number.
    @Test func productsWithZerosAreLeftOutWhereZerosAreMany() {
        for isa in availableISAs where isa != CK_ISA_PORTABLE {
            var convolution = convolution(7, share: 100)
            convolution.ceiling = 0
            convolution.weights = convolution.weights.map { _ in .infinity }
            let plain = (0..<convolution.batch).map { _ in
                (0..<convolution.outHeight * convolution.outWidth).flatMap { _ in convolution.bias }
            }
            #expect(convolution.packed(isa: isa, nonzero: true) == plain)
            #expect(convolution.packed(isa: isa).allSatisfy { $0.allSatisfy(\.isNaN) })
        }
    }

    /// Where few inputs are zero the dense tile is faster, and makes every product.
    @Test func aFewZerosAreMultiplied() {
        for isa in availableISAs {
            var convolution = convolution(7, share: 0)
            convolution.padding = 0
            convolution.ceiling = 0
            (convolution.height, convolution.width) = (convolution.kernel + 9, convolution.kernel + 9)
            convolution.inputs = convolution.inputs.map { _ in
                [Float](
                    repeating: 1,
                    count: convolution.height * convolution.width * convolution.groupIn * convolution.groups)
            }
            for image in convolution.inputs.indices {
                for place in convolution.inputs[image].indices where place % convolution.groupIn == 0 {
                    convolution.inputs[image][place] = 0
                }
            }
            convolution.weights = convolution.weights.indices.map { $0 % convolution.groupIn == 0 ? .infinity : 0 }
            #expect(convolution.packed(isa: isa, nonzero: true).allSatisfy { $0.allSatisfy(\.isNaN) })
        }
    }

    @Test(arguments: [0, 1, 7, 8, 31, 32, 33, 64, 100, 1000]) func bitsMarkWhatIsNotZero(count: Int) {
        var numbers = TestNumbers(count)
        let special: [Float] = [0, -0.0, .nan, .infinity, .leastNonzeroMagnitude, -1, 3]
        let values = (0..<count).map { _ in special[numbers.below(special.count)] }
        let expected = (0..<(count + 7) / 8).map { byte in
            (0..<8).reduce(UInt8(0)) { bits, bit in
                let place = byte * 8 + bit
                return bits | (place < count && values[place] != 0 ? 1 << bit : 0)
            }
        }
        for isa in availableISAs {
            var bits = [UInt8](repeating: 0xAA, count: expected.count + 1)
            ck_nonzero_bits(isa, values, Int64(count), &bits)
            #expect(bits == expected + [0xAA])
        }
    }
}
