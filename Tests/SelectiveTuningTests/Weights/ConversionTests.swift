import CKernels
import SelectiveTuning
import Testing

@Suite struct ConversionTests {
    /// Calls a kernel on the values' bytes, `shift` bytes off any alignment.
    private func convert<Value>(
        _ values: [Value], shift: Int,
        _ kernel: (UnsafeRawPointer?, UnsafeMutablePointer<Float>?, Int) -> Void
    ) -> [Float] {
        let bytes = [UInt8](repeating: 0, count: shift) + values.withUnsafeBytes { Array($0) }
        return [Float](unsafeUninitializedCapacity: values.count) { out, count in
            bytes.withUnsafeBytes { kernel($0.baseAddress! + shift, out.baseAddress, values.count) }
            count = values.count
        }
    }

    @Test("All 65,536 float16 and bfloat16 patterns become the float32 of the same value", arguments: [0, 1, 7])
    func halves(shift: Int) {
        let patterns = Array(UInt16.min ... .max)
        for (pattern, found) in zip(patterns, convert(patterns, shift: shift, ck_half_to_float)) {
            let exact = half(pattern)
            guard exact.isNaN ? found.isNaN : exact.bitPattern == found.bitPattern else {
                Issue.record("float16 \(pattern): found \(found), expected \(exact)")
                return
            }
        }
        let found = convert(patterns, shift: shift, ck_bfloat16_to_float)
        #expect(found.map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
    }

    /// IEEE 754 binary16 by its definition.
    private func half(_ pattern: UInt16) -> Float {
        let (exponent, fraction) = (Int(pattern >> 10 & 31), Float(pattern & 1023))
        let magnitude: Float =
            switch exponent {
            case 0: Float(sign: .plus, exponent: -24, significand: fraction)
            case 31: fraction == 0 ? .infinity : .nan
            default: Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
            }
        return pattern >> 15 == 0 ? magnitude : -magnitude
    }

    @Test("float64 is rounded to the nearest float32, ties to even, over the whole range")
    func doubles() {
        var generator = SeededGenerator(seed: 1)
        var values: [Double] = [0, -0.0, 1 + 0x1p-24, 1 + 0x1.8p-23, 0x1p-149, 0x1p-150, 0x1.8p-150, 3.5e38, -1e300]
        for _ in 0..<100_000 {
            // Near float32's range, and with few bits so that ties occur.
            let exponent = 0x3ff - 160 + Int(generator.next() % 300)
            let fraction = (generator.next() >> (12 + generator.next() % 40)) << (generator.next() % 40)
            values.append(Double(bitPattern: UInt64(exponent) << 52 | fraction & 0xf_ffff_ffff_ffff))
        }
        let found = convert(values, shift: 3, ck_double_to_float)
        #expect(found.map(\.bitPattern) == values.map { Float($0).bitPattern })
    }

    @Test("The first value that is not finite is found wherever it stands")
    func firstNonfinite() {
        var values = [Float](repeating: .greatestFiniteMagnitude, count: 10_000)
        #expect(ck_first_nonfinite(values, values.count) == values.count)
        for place in [9_999, 8_192, 4_097, 4_096, 4_095, 17, 0] {
            values[place] = place % 2 == 0 ? -.infinity : .nan
            #expect(ck_first_nonfinite(values, values.count) == place)
        }
        #expect(ck_first_nonfinite(values, 0) == 0)
    }
}
