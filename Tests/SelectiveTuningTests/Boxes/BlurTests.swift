import CKernels
import SelectiveTuning
import Testing

@Suite struct BlurTests {
    @Test func theExponentialIsRight() {
        // e^-1, e^-0.001953125 (sigma 16), e^-20, to the last few bits.
        #expect(abs(GaussianBlur.exponential(of: 1) / 0.36787944117144233 - 1) < 1e-14)
        #expect(abs(GaussianBlur.exponential(of: 0.001953125) / 0.9980487811074755 - 1) < 1e-15)
        #expect(abs(GaussianBlur.exponential(of: 20) / 2.061153622438558e-09 - 1) < 1e-13)
        #expect(GaussianBlur.exponential(of: 0) == 1)
    }

    @Test func tapsAreIntegersOfAGaussian() {
        let blur = GaussianBlur(sigma: 5.6)
        #expect(blur.taps.count == 23, "truncated at 4 sigma: offsets 0...22")
        #expect(blur.taps.allSatisfy { $0 == $0.rounded() })
        // 2^20 / (5.6 sqrt(2 pi)) = 74700, and e^-0.5 of it one sigma away (between offsets 5 and 6).
        #expect(abs(blur.taps[0] - 74700) < 20)
        #expect(abs(blur.taps[5] / blur.taps[0] - 0.67125) < 1e-4)
        #expect(GaussianBlur(sigma: 0).taps == [0x1p20])
    }

    @Test func blurIsSeparableReflectedConvolution() {
        var random = RandomValues(seed: 12)
        for _ in 0..<10 {
            let width = random.int(1...20)
            let height = random.int(1...20)
            let values = (0..<(width * height)).map { _ in random.chance(0.6) ? 0 : Double(random.int(-1000...90000)) }
            let blur = GaussianBlur(sigma: Double(random.int(1...30)) / 10)
            let fast = blur.apply(to: values, width: width, height: height)
            for isa in [CK_ISA_PORTABLE, CK_ISA_AVX2, CK_ISA_AVX512, CK_ISA_NEON] where ck_isa_available(isa) != 0 {
                #expect(blur.apply(to: values, width: width, height: height, isa: isa) == fast)
            }
            func value(_ y: Int, _ x: Int) -> Double {
                func inside(_ i: Int, _ n: Int) -> Int {
                    if i < 0 { return inside(-1 - i, n) }
                    return i >= n ? inside(2 * n - 1 - i, n) : i
                }
                return values[inside(y, height) * width + inside(x, width)]
            }
            let radius = blur.taps.count - 1
            for y in 0..<height {
                for x in 0..<width {
                    var sum = 0.0
                    for dy in -radius...radius {
                        var row = 0.0
                        for dx in -radius...radius { row += blur.taps[abs(dx)] * value(y + dy, x + dx) }
                        // Rows are only read once y + dy has been reflected, so rounding each is the same.
                        sum += blur.taps[abs(dy)] * (row * 0x1p-13).rounded(.toNearestOrEven)
                    }
                    #expect(fast[y * width + x] == sum)
                }
            }
        }
    }

    @Test func aConstantStaysConstant() {
        let blur = GaussianBlur(sigma: 3)
        let result = blur.apply(to: [Double](repeating: 0x1p20, count: 400), width: 20, height: 20)
        #expect(Set(result).count == 1)
        #expect(abs(result[0] / blur.gain() / 0x1p20 - 1) < 1e-9)
    }
}
