import Testing

/// What the machine holds for a fault: kernels of a few lines that have one, and their like that have none.
@Suite struct FaultTests {
    private func expect(
        _ kernel: SmallKernel, says words: String?, at line: String? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for seed in 0..<5 as Range<UInt64> {
            var kernel = kernel
            kernel.seed = seed
            let problem = kernel.run().problem
            guard let words else {
                #expect(problem == nil, sourceLocation: sourceLocation)
                continue
            }
            #expect(problem?.contains(words) == true, "\(problem ?? "nothing")", sourceLocation: sourceLocation)
            if let line {
                let place = "small, line \(kernel.line(of: line)): `"
                #expect(problem?.hasPrefix(place) == true, "\(problem ?? "nothing")", sourceLocation: sourceLocation)
            }
        }
    }

    private func kernel(
        _ body: String, shared: Int = 0, threads: Int = 32, blocks: Int = 1, input: [UInt64] = []
    ) -> SmallKernel {
        var kernel = SmallKernel(body)
        (kernel.shared, kernel.threads, kernel.blocks, kernel.input) = (shared, threads, blocks, input)
        return kernel
    }

    /// Each thread writes a word of shared memory and reads that of thread (number xor `other`).
    private func exchange(_ other: Int, _ barrier: String) -> SmallKernel {
        kernel(
            """
             mul.wide.u32 %d2, %r0, 4;
             mov.u64 %d3, memory;
             add.s64 %d4, %d3, %d2;
             st.shared.u32 [%d4], %r0;
             \(barrier)
             xor.b32 %r2, %r0, \(other);
             mul.wide.u32 %d5, %r2, 4;
             add.s64 %d6, %d3, %d5;
             ld.shared.u32 %r3, [%d6];
            """, shared: 256, threads: 64)
    }

    @Test func barriersOrderWhatIsShared() {
        expect(exchange(33, "bar.sync 0;"), says: nil)
        expect(exchange(33, ""), says: "read", at: nil)
        expect(exchange(1, "bar.warp.sync -1;"), says: nil)
        // Of another warp that knows nothing.
        expect(exchange(33, "bar.warp.sync -1;"), says: "read")
        expect(exchange(1, "bar.warp.sync 0xFFFFFFFF; bar.sync 0;"), says: nil)
        // An exchange brings values, no order.
        expect(exchange(1, "shfl.sync.bfly.b32 %r9|%p1, %r0, 1, 31, -1;"), says: "race", at: "ld.shared")
    }

    /// A barrier of a part of a warp orders that part alone.
    @Test func barriersOfAPartOfAWarp() {
        let halves = """
            setp.lt.u32 %p1, %r0, 16;
             selp.b32 %r8, 0x0000FFFF, 0xFFFF0000, %p1;
             @%p1 bra $LOW;
             bar.warp.sync 0xFFFF0000;
             bra.uni $END;
            $LOW:
             bar.warp.sync 0x0000FFFF;
            $END:
            """
        func half(_ other: Int) -> SmallKernel {
            var kernel = exchange(other, halves)
            kernel.threads = 32
            return kernel
        }
        expect(half(1), says: nil)
        expect(half(16), says: "race", at: "ld.shared")
    }

    @Test func twoThreadsThatWriteOnePlace() {
        expect(kernel(" st.shared.u32 [memory], %r0;", shared: 4), says: "race: it writes what thread", at: "st.shared")
        expect(kernel(" red.shared.add.u32 [memory], 1;", shared: 4), says: nil)
        expect(kernel(" st.volatile.shared.u32 [memory], 1;", shared: 4), says: nil)
        expect(kernel(" red.shared.add.u32 [memory], 1; ld.shared.u32 %r2, [memory];", shared: 4), says: "race")
        // Halves of one word are two places.
        let halves = """
             mul.wide.u32 %d2, %r0, 2;
             mov.u64 %d3, memory;
             add.s64 %d4, %d3, %d2;
             cvt.u16.u32 %h1, %r0;
             st.shared.u16 [%d4], %h1;
             ld.shared.u16 %h2, [%d4];
            """
        expect(kernel(halves, shared: 64), says: nil)
        expect(kernel(halves + " ld.shared.u32 %r2, [memory];", shared: 64), says: "race", at: "ld.shared.u32")
    }

    @Test func blocksThatShareGlobalMemory() {
        func both(_ body: String) -> SmallKernel { kernel(body, threads: 1, blocks: 2, input: [0, 0]) }
        expect(both(" st.global.u32 [%d1], %r0;"), says: "has written", at: "st.global")
        expect(both(" red.global.add.u32 [%d1], 1;"), says: nil)
        expect(both(" ld.global.u32 %r2, [%d1];"), says: nil)
        let one = """
             setp.eq.u32 %p1, %r1, 0;
             @%p1 bra $WRITE;
             ld.global.u32 %r2, [%d1];
             bra.uni $END;
            $WRITE:
             st.global.u32 [%d1], %r0;
            $END:
            """
        expect(both(one), says: "race")
        expect(both(one.replacing("ld.global", with: "ld.volatile.global")), says: "race")
        let strong = one.replacing("ld.global", with: "ld.volatile.global")
            .replacing("st.global.u32 [%d1], %r0", with: "red.global.or.b32 [%d1], 1")
        expect(both(strong), says: nil)
        expect(
            both(" ld.global.nc.u32 %r2, [%d1]; st.global.u32 [%d1+8], %r2;".replacing("+8", with: "")),
            says: "ld.global.nc")
    }

    @Test func foreignAddresses() {
        expect(kernel(" st.global.u32 [%d1+8], %r0;", threads: 1, input: [0]), says: "writes 4 bytes", at: "st.global")
        expect(
            kernel(" ld.global.u64 %d2, [%d1+4];", threads: 1, input: [0]), says: "is not aligned", at: "ld.global.u64")
        expect(kernel(" ld.global.v2.u32 {%r2, %r3}, [%d1+4];", input: [0]), says: "is not aligned")
        expect(kernel(" mov.u64 %d2, memory; ld.global.u32 %r2, [%d2];", shared: 4), says: "is shared memory")
        expect(kernel(" mov.u64 %d2, parameter; ld.global.u32 %r2, [%d2];"), says: "is the kernel's parameter")
        expect(kernel(" ld.shared.u32 %r2, [%d1];", shared: 4, input: [0]), says: "is no shared memory")
        expect(kernel(" ld.param.u64 %d2, [parameter+16];"), says: "is outside of the kernel's parameter")
        expect(kernel(" st.shared.u32 [memory+4], %r0;", shared: 4), says: "is past the block's shared memory")
        expect(kernel(" mov.u64 %d2, 0; ld.global.u32 %r2, [%d2];"), says: "is in no memory that it was given")
    }

    @Test func whatNothingHasWritten() {
        expect(kernel(" ld.shared.u32 %r2, [memory];", shared: 4), says: "reads shared memory that nothing has written")
        expect(kernel(" add.s32 %r2, %r3, 1;"), says: "it reads %r3, which nothing has written", at: "add.s32 %r2")
        let some = """
             setp.lt.u32 %p1, %r0, 5;
             @%p1 bra $OUT;
             mov.u32 %r3, 1;
            $OUT:
            """
        expect(kernel(some + " add.s32 %r2, %r3, 1;"), says: "it reads %r3, which nothing has written")
        expect(kernel(some + " @%p1 bra $END; add.s32 %r2, %r3, 1;\n$END:"), says: nil)
        expect(kernel(" @%p2 bra $END; mov.u32 %r2, 0;\n$END:"), says: "it reads %p2, which nothing has written")
    }

    @Test func barriersThatNotAllReach() {
        expect(
            kernel(" setp.eq.u32 %p1, %r0, 3; @%p1 ret; bar.sync 0;", threads: 64),
            says: "lane 3 of the warp has ended before the barrier", at: "bar.sync")
        expect(
            kernel(" setp.gt.u32 %p1, %r0, 31; @%p1 bra $END; bar.sync 0;\n$END:", threads: 64),
            says: "the barrier waits for 64 threads, of which 32 come", at: "setp.gt.u32")
        expect(
            kernel(" setp.gt.u32 %p1, %r0, 7; @%p1 bra $END; bar.sync 0;\n$END:"),
            says: "come to the barrier together", at: "setp.gt.u32")
        expect(kernel(" bar.sync 1, 32;", threads: 32), says: nil)
        expect(kernel(" bar.sync 16;"), says: "expected 0 to 15")
    }

    @Test func masksThatNameWhoDoesNotCome() {
        let shuffle = "shfl.sync.bfly.b32 %r2|%p2, %r0, 1, 31,"
        expect(kernel(" \(shuffle) 0x7FFFFFFF;"), says: "does not name the lane itself")
        expect(kernel(" setp.eq.u32 %p1, %r0, 3; @%p1 ret; \(shuffle) -1;"), says: "names lane 3, which has ended")
        expect(kernel(" \(shuffle) -1;", threads: 16), says: "which the block does not have")
        expect(
            kernel(" setp.gt.u32 %p1, %r0, 3; @%p1 bra $END; \(shuffle) 0x1F;\n$END: bar.warp.sync -1;"),
            says: "the mask names lane")
        expect(
            kernel(" setp.gt.u32 %p1, %r0, 3; @%p1 bra $END; shfl.sync.idx.b32 %r2|%p2, %r0, 9, 31, 0xF;\n$END:"),
            says: "takes the value of lane 9, which the mask 0x0000000f does not name")
        expect(kernel(" setp.gt.u32 %p1, %r0, 3; @%p1 bra.uni $END; mov.u32 %r2, 0;\n$END:"), says: "says bra.uni")
    }

    @Test func kernelsWithoutAnEnd() {
        var kernel = kernel("$AGAIN:\n bra.uni $AGAIN;", threads: 1)
        kernel.seed = 1
        #expect(kernel.run().problem?.contains("it has no end") == true)
    }

    /// Refused when it is read, never left out.
    @Test(arguments: [
        ("fma.approx.f32 %f1, %f2, %f3, %f4;", "fma.approx.f32 is not known"),
        ("add.rn.ftz.f32 %f1, %f2, %f3;", "add.rn.ftz.f32 is not known"),
        ("ld.global.ca.f32 %f1, [%d1];", "ld.global.ca.f32 is not known"),
        ("ld.u32 %r2, [%d1];", "ld.u32 is not known"),
        ("ld.global.v8.f32 %f1, [%d1];", "ld.global.v8.f32 is not known"),
        ("atom.global.cas.b32 %r2, [%d1], %r3;", "atom.global.cas.b32 is not known"),
        ("call.uni f;", "call.uni is not known"), ("add.s32 %r2, %r3;", "operands of add.s32"),
        ("add.s32 %r2, %r3, %d4;", "%d4 has another size"), ("add.s32 %r2, %r3, %r99;", "%r99 is not known"),
        ("mov.u32 %r2, %clock;", "%clock is not known"), ("bra $NOWHERE;", "no instruction has the label $NOWHERE"),
        ("add.s32 3, %r3, %r4;", "the result is no register"), (".pragma \"other\";", "pragma \"other\" is not known"),
        (".local .b8 more[4];", "the directive .local is not known"), ("add.rn.f32 %f1, %f2, 1;", "1 is not known"),
    ])
    func whatIsNotKnownIsRefused(line: String, words: String) throws {
        let problem = try #require(SmallKernel(" \(line)").run().problem)
        #expect(problem.contains(words), "\(problem)")
        #expect(problem.hasPrefix("small, line "), "\(problem)")
    }

    @Test func moduleDirectivesThatAreNotKnown() throws {
        for (change, words) in [
            ((".target sm_75", ".target sm_61"), "expected a target from sm_70 on"),
            ((".address_size 64", ".address_size 32"), "expected '64'"),
            ((".version 8.4", ".version 1.0"), "version 1.0"),
            ((".visible .entry", ".weak .entry"), "the directive .weak is not known"),
        ] {
            let kernel = SmallKernel("")
            let text = kernel.text.replacing(change.0, with: change.1)
            #expect(try #require(refusal(text)).contains(words))
        }
    }
}
