import Testing

/// Single instructions against values worked out by hand.
@Suite struct InstructionTests {
    @Test(
        arguments: [
            // Sums and products wrap around.
            ("add.s32 %r2, 2147483647, 1;", "%r2", 0x8000_0000), ("sub.s32 %r2, -2147483648, 1;", "%r2", 0x7FFF_FFFF),
            ("mul.lo.s32 %r2, 65537, 65537;", "%r2", 0x0002_0001), ("mul.hi.u32 %r2, -1, -1;", "%r2", 0xFFFF_FFFE),
            ("mul.hi.s32 %r2, -2, 3;", "%r2", 0xFFFF_FFFF), ("mad.lo.s32 %r2, 3, 5, -16;", "%r2", 0xFFFF_FFFF),
            ("mul.wide.s32 %d2, -3, 4;", "%d2", 0xFFFF_FFFF_FFFF_FFF4),
            ("mul.wide.u32 %d2, -1, 2;", "%d2", 0x1_FFFF_FFFE),
            ("mul.lo.s64 %d2, 4294967297, 4294967297;", "%d2", 0x2_0000_0001),
            ("min.s32 %r2, -1, 1;", "%r2", 0xFFFF_FFFF), ("min.u32 %r2, -1, 1;", "%r2", 1),
            ("max.s64 %d2, -1, 1;", "%d2", 1), ("max.u32 %r2, -1, 1;", "%r2", 0xFFFF_FFFF),
            ("abs.s64 %d2, -7;", "%d2", 7), ("neg.s32 %r2, 5;", "%r2", 0xFFFF_FFFB), ("not.b64 %d2, 0;", "%d2", .max),
            // Shifts stop at the number of bits instead of beginning anew.
            ("shl.b32 %r2, 1, 31;", "%r2", 0x8000_0000), ("shl.b32 %r2, 1, 32;", "%r2", 0),
            ("shl.b64 %d2, 1, 64;", "%d2", 0), ("shr.u32 %r2, -1, 40;", "%r2", 0),
            ("shr.s32 %r2, -8, 1;", "%r2", 0xFFFF_FFFC), ("shr.s32 %r2, -8, 40;", "%r2", 0xFFFF_FFFF),
            ("shr.s64 %d2, -8, 63;", "%d2", .max), ("shr.u64 %d2, -1, 63;", "%d2", 1),
            // Quotients go to zero, remainders have the sign of the dividend.
            ("div.s32 %r2, -7, 2;", "%r2", 0xFFFF_FFFD), ("rem.s32 %r2, -7, 2;", "%r2", 0xFFFF_FFFF),
            ("div.u32 %r2, -7, 2;", "%r2", 0x7FFF_FFFC), ("div.s64 %d2, 100, -7;", "%d2", 0xFFFF_FFFF_FFFF_FFF2),
            ("div.s32 %r2, -2147483648, -1;", "%r2", 0x8000_0000), ("div.u32 %r2, 5, 0;", "%r2", 0xFFFF_FFFF),
            // Bits.
            ("popc.b32 %r2, 4043309055;", "%r2", 28), ("popc.b64 %r2, -1;", "%r2", 64), ("clz.b32 %r2, 1;", "%r2", 31),
            ("clz.b64 %r2, 0;", "%r2", 64), ("brev.b32 %r2, 6;", "%r2", 0x6000_0000), ("bfind.u32 %r2, 40;", "%r2", 5),
            ("bfind.shiftamt.u32 %r2, 40;", "%r2", 26), ("bfind.shiftamt.u32 %r2, 0;", "%r2", 0xFFFF_FFFF),
            ("and.b32 %r2, 12, 10;", "%r2", 8), ("or.b32 %r2, 12, 10;", "%r2", 14), ("xor.b64 %d2, 12, 10;", "%d2", 6),
            ("mov.b64 %d2, {%r0, %r30};", "%d2", 0x1_0000_0000),
            ("mov.b64 {%r3, %r2}, 81985529216486895;", "%r2", 0x0123_4567),
            // Conversions between integers.
            ("cvt.s64.s32 %d2, -2;", "%d2", 0xFFFF_FFFF_FFFF_FFFE), ("cvt.u64.u32 %d2, -2;", "%d2", 0xFFFF_FFFE),
            ("mov.u64 %d3, 8589934590; cvt.s64.s32 %d2, %d3;", "%d2", 0xFFFF_FFFF_FFFF_FFFE),
            ("mov.u64 %d3, 4295032833; cvt.u16.u64 %h1, %d3; cvt.u32.u16 %r2, %h1;", "%r2", 1),
        ] as [(String, String, UInt64)])
    func integers(lines: String, register: String, expected: UInt64) throws {
        #expect(try SmallKernel.value(lines, in: register) == expected, "\(lines)")
    }

    /// Bytes 4, 0, 1, 2 from the lowest result byte on; and the sign of a byte in all of its bits.
    @Test func permutationsOfBytes() throws {
        let lines = "mov.u32 %r3, 0x44332211; mov.u32 %r4, 0x88776655;"
        #expect(try SmallKernel.value(lines + "prmt.b32 %r2, %r3, %r4, 0x2104;", in: "%r2") == 0x3322_1155)
        #expect(try SmallKernel.value(lines + "prmt.b32 %r2, %r3, %r4, 0x00F3;", in: "%r2") == 0x1111_FF44)
    }

    @Test(
        arguments: [
            // 1 + 2^-24 lies in the middle between two floats: to the even one, or as the instruction says.
            ("add.rn.f32 %f2, 0f3F800000, 0f33800000;", "%f2", 0x3F80_0000),
            ("add.rp.f32 %f2, 0f3F800000, 0f33800000;", "%f2", 0x3F80_0001),
            ("add.rz.f32 %f2, 0f3F800000, 0f33800000;", "%f2", 0x3F80_0000),
            ("add.rm.f32 %f2, 0fBF800000, 0fB3800000;", "%f2", 0xBF80_0001),
            ("div.rn.f32 %f2, 0f3F800000, 0f40400000;", "%f2", 0x3EAA_AAAB),
            ("div.rz.f32 %f2, 0f3F800000, 0f40400000;", "%f2", 0x3EAA_AAAA),
            ("sqrt.rn.f32 %f2, 0f40000000;", "%f2", 0x3FB5_04F3),
            ("sqrt.rn.f64 %g2, 0d4000000000000000;", "%g2", 0x3FF6_A09E_667F_3BCD),
            // (1 + 2^-12)^2 - (1 + 2^-11): one rounding leaves 2^-24, two leave nothing.
            ("fma.rn.f32 %f2, 0f3F800800, 0f3F800800, 0fBF801000;", "%f2", 0x3380_0000),
            ("mul.rn.f32 %f3, 0f3F800800, 0f3F800800; add.rn.f32 %f2, %f3, 0fBF801000;", "%f2", 0),
            // Denormal numbers stay; what is no number has one pattern.
            ("mul.rn.f32 %f2, 0f00800000, 0f3F000000;", "%f2", 0x0040_0000),
            ("sub.rn.f32 %f2, 0f7F800000, 0f7F800000;", "%f2", 0x7FFF_FFFF),
            ("neg.f32 %f2, 0f00000000;", "%f2", 0x8000_0000),
            ("min.f32 %f2, 0f00000000, 0f80000000;", "%f2", 0x8000_0000),
            ("max.f32 %f2, 0f7FC00000, 0f3F800000;", "%f2", 0x3F80_0000),
            ("cvt.rn.f32.s64 %f2, 16777217;", "%f2", 0x4B80_0000),
            ("cvt.rp.f32.s64 %f2, 16777217;", "%f2", 0x4B80_0001),
            ("cvt.rn.f32.f64 %f2, 0d3FF0000010000000;", "%f2", 0x3F80_0000),
            ("cvt.rn.f64.s32 %g2, -3;", "%g2", 0xC008_0000_0000_0000),
            ("cvt.f64.f32 %g2, 0f3FC00000;", "%g2", 0x3FF8_0000_0000_0000),
        ] as [(String, String, UInt64)])
    func floats(lines: String, register: String, expected: UInt64) throws {
        #expect(try SmallKernel.value(lines, in: register) == expected, "\(lines)")
    }

    /// Rounded as the instruction says, clamped to the range; what is no number is 0, or the highest bit where either side
    /// has 64 bits.
    @Test(
        arguments: [
            ("cvt.rni.s64.f32 %d2, 0f40200000;", "%d2", 2), ("cvt.rni.s64.f32 %d2, 0f40600000;", "%d2", 4),
            ("cvt.rzi.s64.f32 %d2, 0fC0200000;", "%d2", 0xFFFF_FFFF_FFFF_FFFE),
            ("cvt.rmi.s64.f32 %d2, 0fC0200000;", "%d2", 0xFFFF_FFFF_FFFF_FFFD),
            ("cvt.rpi.s64.f32 %d2, 0f40200000;", "%d2", 3),
            ("cvt.rni.s64.f32 %d2, 0f7F800000;", "%d2", 0x7FFF_FFFF_FFFF_FFFF),
            ("cvt.rni.s64.f64 %d2, 0dFFF0000000000000;", "%d2", 0x8000_0000_0000_0000),
            ("cvt.rni.s64.f32 %d2, 0f7FC00000;", "%d2", 0x8000_0000_0000_0000),
            ("cvt.rni.s64.f64 %d2, 0d43E0000000000000;", "%d2", 0x7FFF_FFFF_FFFF_FFFF),
            ("cvt.rzi.s32.f32 %r2, 0f4F000000;", "%r2", 0x7FFF_FFFF), ("cvt.rzi.s32.f32 %r2, 0f7FC00000;", "%r2", 0),
            ("cvt.rzi.u32.f32 %r2, 0fBF800000;", "%r2", 0), ("cvt.rzi.u32.f32 %r2, 0f4F800000;", "%r2", 0xFFFF_FFFF),
            ("cvt.rzi.s32.f64 %r2, 0d7FF8000000000000;", "%r2", 0x8000_0000),
        ] as [(String, String, UInt64)])
    func conversionsToIntegers(lines: String, register: String, expected: UInt64) throws {
        #expect(try SmallKernel.value(lines, in: register) == expected, "\(lines)")
    }

    /// Of 1, 2 and of 1, what is no number: as ordered comparisons see it, and the others.
    @Test(arguments: [
        ("eq", "0f3F800000", false, false), ("ne", "0f40000000", true, false), ("lt", "0f40000000", true, false),
        ("le", "0f3F800000", false, false), ("gt", "0f3F000000", true, false), ("ge", "0f3F800000", false, false),
        ("neu", "0f40000000", true, true), ("ltu", "0f40000000", true, true), ("geu", "0f40000000", false, true),
        ("leu", "0f3F000000", false, true), ("num", "0f40000000", true, false), ("nan", "0f40000000", false, true),
    ])
    func comparisonsOfFloats(name: String, other: String, holds: Bool, holdsForNone: Bool) throws {
        func result(_ other: String) throws -> Bool {
            let lines = "setp.\(name).f32 %p1, 0f3F800000, \(other); selp.b32 %r2, 1, 0, %p1;"
            return try SmallKernel.value(lines, in: "%r2") == 1
        }
        let isEqual = ["eq", "le", "ge"].contains(name) && other == "0f3F800000"
        #expect(try result(other) == (holds || isEqual))
        #expect(try result("0f7FC00000") == holdsForNone)
    }

    @Test func comparisonsOfIntegersKnowTheirSigns() throws {
        for (name, expected) in [("lt.s32", 1), ("lt.u32", 0), ("gt.u32", 1), ("ne.s32", 1), ("eq.b32", 0)]
            as [(String, UInt64)]
        {
            let lines = "setp.\(name) %p1, -1, 1; not.pred %p2, %p1; selp.b32 %r2, 0, 1, %p2;"
            #expect(try SmallKernel.value(lines, in: "%r2") == expected, "\(name)")
        }
    }

    @Test func predicatesAreCombinedLaneByLane() {
        let kernel = SmallKernel(
            """
             setp.lt.u32 %p1, %r0, 16;
             and.b32 %r2, %r0, 1;
             setp.eq.s32 %p2, %r2, 1;
             and.pred %p3, %p1, %p2;
             xor.pred %p4, %p1, %p2;
             mov.pred %p5, -1;
             and.pred %p6, %p5, %p4;
             selp.b32 %r3, 2, 0, %p6;
             selp.b32 %r4, 1, 0, %p3;
             or.b32 %r5, %r3, %r4;
             cvt.u64.u32 %d2, %r5;
             st.global.u64 [%d0], %d2;
            """)
        let found = kernel.run()
        #expect(found.problem == nil)
        let expected = (0..<32).map { lane -> UInt64 in
            let (isLow, isOdd) = (lane < 16, lane % 2 == 1)
            return isLow && isOdd ? 1 : isLow != isOdd ? 2 : 0
        }
        #expect(found.output == expected)
    }
}
