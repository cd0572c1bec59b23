import Testing

/// What lanes do together, in every order.
@Suite struct ExchangeTests {
    private func exchange(_ instruction: String, seed: UInt64) throws -> [UInt64] {
        var kernel = SmallKernel(
            """
             mul.lo.s32 %r2, %r0, 10;
             \(instruction)
             selp.b32 %r4, 1, 0, %p1;
             mov.b64 %d2, {%r3, %r4};
             st.global.u64 [%d0], %d2;
            """)
        kernel.seed = seed
        let found = kernel.run()
        #expect(found.problem == nil)
        return found.output
    }

    /// The value in the low half, whether it came from inside of the segment in the high half.
    private func expected(_ source: (Int) -> Int?) -> [UInt64] {
        (0..<32).map { lane in source(lane).map { UInt64($0) * 10 | 1 << 32 } ?? UInt64(lane) * 10 }
    }

    @Test(arguments: [0, 1, 2, 4] as [UInt64]) func shuffles(seed: UInt64) throws {
        #expect(
            try exchange("shfl.sync.up.b32 %r3|%p1, %r2, 3, 0, -1;", seed: seed) == expected { $0 >= 3 ? $0 - 3 : nil })
        #expect(
            try exchange("shfl.sync.down.b32 %r3|%p1, %r2, 3, 31, -1;", seed: seed)
                == expected { $0 + 3 < 32 ? $0 + 3 : nil })
        #expect(try exchange("shfl.sync.bfly.b32 %r3|%p1, %r2, 5, 31, -1;", seed: seed) == expected { $0 ^ 5 })
        #expect(try exchange("shfl.sync.idx.b32 %r3|%p1, %r2, 7, 31, -1;", seed: seed) == expected { _ in 7 })
        // In segments of 8 lanes: the mask of the segment is 0x18, bits 8...12 of the last operand but one.
        #expect(
            try exchange("shfl.sync.down.b32 %r3|%p1, %r2, 3, 0x181F, -1;", seed: seed)
                == expected { $0 % 8 < 5 ? $0 + 3 : nil })
        #expect(
            try exchange("shfl.sync.idx.b32 %r3|%p1, %r2, 11, 0x181F, -1;", seed: seed)
                == expected { $0 / 8 * 8 + 3 })
    }

    @Test(arguments: [0, 1, 2, 4] as [UInt64]) func votes(seed: UInt64) throws {
        var kernel = SmallKernel(
            """
             setp.gt.u32 %p1, %r0, 28;
             vote.sync.ballot.b32 %r2, %p1, -1;
             vote.sync.any.pred %p2, %p1, -1;
             vote.sync.all.pred %p3, %p1, -1;
             selp.b32 %r3, 1, 0, %p2;
             selp.b32 %r4, 2, 0, %p3;
             or.b32 %r3, %r3, %r4;
             mov.b64 %d2, {%r2, %r3};
             st.global.u64 [%d0], %d2;
            """)
        kernel.seed = seed
        #expect(kernel.run().output == [UInt64](repeating: 0x1_E000_0000, count: 32))
    }

    /// Lanes leave a loop after different numbers of rounds, and meet again behind it.
    @Test(arguments: 0..<6 as Range<UInt64>) func lanesThatPartMeetAgain(seed: UInt64) throws {
        var kernel = SmallKernel(
            """
             mov.u32 %r2, 0;
             mov.u32 %r3, 0;
            $LOOP:
             add.s32 %r3, %r3, %r2;
             add.s32 %r2, %r2, 1;
             setp.gt.u32 %p1, %r2, %r0;
             @%p1 bra $OUT;
             and.b32 %r4, %r2, 1;
             setp.eq.s32 %p2, %r4, 0;
             @!%p2 bra $LOOP;
             add.s32 %r3, %r3, 100;
             bra.uni $LOOP;
            $OUT:
             shfl.sync.bfly.b32 %r5|%p3, %r3, 1, 31, -1;
             mov.b64 %d2, {%r3, %r5};
             st.global.u64 [%d0], %d2;
            """)
        kernel.seed = seed
        let found = kernel.run()
        #expect(found.problem == nil)
        for lane in 0..<32 as Range<UInt64> {
            #expect(found.output[Int(lane)] & 0xFFFF_FFFF == Self.sum(lane))
            #expect(found.output[Int(lane)] >> 32 == Self.sum(lane ^ 1))
        }
    }

    /// Of the rounds that a lane makes, and 100 for every second one.
    private static func sum(_ lane: UInt64) -> UInt64 {
        let rounds = lane * (lane + 1) / 2
        return rounds + lane / 2 * 100
    }

    /// Both halves of a warp exchange on their own, each at a time of its own.
    @Test(arguments: 0..<6 as Range<UInt64>) func halvesExchangeApart(seed: UInt64) throws {
        var kernel = SmallKernel(
            """
             setp.lt.u32 %p1, %r0, 16;
             @%p1 bra $LOW;
             shfl.sync.bfly.b32 %r2|%p2, %r0, 1, 31, 0xFFFF0000;
             bra.uni $END;
            $LOW:
             shfl.sync.bfly.b32 %r2|%p2, %r0, 2, 31, 0x0000FFFF;
            $END:
             cvt.u64.u32 %d2, %r2;
             st.global.u64 [%d0], %d2;
            """)
        kernel.seed = seed
        let found = kernel.run()
        #expect(found.problem == nil)
        let expected = (0..<32).map { lane -> UInt64 in UInt64(lane < 16 ? lane ^ 2 : lane ^ 1) }
        #expect(found.output == expected)
    }

    @Test(arguments: 0..<6 as Range<UInt64>) func blocksAndWarpsMeetAtBarriers(seed: UInt64) throws {
        var kernel = SmallKernel(
            """
             mul.wide.u32 %d2, %r0, 4;
             mov.u64 %d3, memory;
             add.s64 %d4, %d3, %d2;
             st.shared.u32 [%d4], %r0;
             bar.sync 0;
             mov.u32 %r2, 95;
             sub.s32 %r2, %r2, %r0;
             mul.wide.u32 %d5, %r2, 4;
             add.s64 %d6, %d3, %d5;
             ld.shared.u32 %r3, [%d6];
             atom.global.add.u32 %r4, [%d1], 1;
             cvt.u64.u32 %d7, %r3;
             st.global.u64 [%d0], %d7;
            """)
        (kernel.threads, kernel.blocks, kernel.shared, kernel.seed, kernel.input) = (96, 3, 384, seed, [0])
        let found = kernel.run()
        #expect(found.problem == nil)
        let expected = (0..<288).map { thread -> UInt64 in UInt64(95 - thread % 96) }
        #expect(found.output == expected)
    }
}
