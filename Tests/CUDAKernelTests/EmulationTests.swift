import CKernels
import CUDAEmulation
import Testing

/// The emulation itself: that it does what a device does, and finds what a device would not forgive.
@Suite struct EmulationTests {
    /// The floats and the counts after the kernel has run, and the problem that was found.
    private func run(
        _ kernel: String, blocks: UInt32 = 1, threads: UInt32 = 64,
        shared: UInt32 = 0, order: cuda_emulation_order = CUDA_EMULATION_FORWARD, counts initial: [UInt32] = []
    ) -> (floats: [Float], counts: [UInt32], problem: String?) {
        var floats = (0..<64).map { Float($0) }
        var counts = initial + [UInt32](repeating: 0, count: 64 - initial.count)
        var problem: String?
        floats.withUnsafeMutableBufferPointer { floats in
            counts.withUnsafeMutableBufferPointer { counts in
                var check = emulation_check(floats: floats.baseAddress, counts: counts.baseAddress)
                problem = cuda_emulation_launch(
                    kernel, &check, MemoryLayout<emulation_check>.size, blocks, 1, 1, threads, shared, order
                ).map { String(cString: $0) }
            }
        }
        return (floats, counts, problem)
    }

    static let orders = [CUDA_EMULATION_FORWARD, CUDA_EMULATION_REVERSED, CUDA_EMULATION_SHUFFLED]

    @Test(arguments: orders) func threadsMeetAtABarrier(order: cuda_emulation_order) {
        let result = run("check_reversal", order: order)
        #expect(result.problem == nil)
        #expect(result.floats == (0..<64).map { Float(63 - $0) })
    }

    @Test(arguments: orders) func sharedMemoryMayBeAsLongAsTheLaunchSays(order: cuda_emulation_order) throws {
        let result = run("check_dynamic_reversal", shared: 256, order: order)
        #expect(result.problem == nil)
        #expect(result.floats == (0..<64).map { Float(63 - $0) })
        #expect(try #require(run("check_dynamic_reversal", shared: 50_000).problem).contains("48 KiB"))
    }

    @Test func aMissingBarrierShowsInTheResults() {
        let forward = run("check_missing_barrier").floats
        let reversed = run("check_missing_barrier", order: CUDA_EMULATION_REVERSED).floats
        #expect(forward.map(\.bitPattern) != reversed.map(\.bitPattern))
        #expect(forward[0].isNaN, "the other thread has not written yet")
    }

    @Test func aBarrierThatNotAllThreadsReachIsFound() throws {
        #expect(try #require(run("check_divergent_barrier").problem).contains("barrier"))
        #expect(try #require(run("check_absent_lane", threads: 32).problem).contains("exchange"))
    }

    @Test(arguments: orders) func lanesExchangeValues(order: cuda_emulation_order) {
        let result = run("check_warp", threads: 32, order: order)
        #expect(result.problem == nil)
        #expect(result.counts[0..<7] == [0xAAAA_AAAA, 496, 496, 5, 32, 30, 28])
    }

    @Test(arguments: orders) func atomicsAddUpOverBlocks(order: cuda_emulation_order) {
        let result = run("check_atomics", blocks: 3, order: order, counts: [0, 0, 99, 0, ~0, 0])
        #expect(result.problem == nil)
        #expect(result.counts[0..<5] == [191 * 96, 191, 0, ~0, 0])
        #expect(result.counts[6] == 7)
        // 0 -> 1 -> 2 ... as far as the threads came in ascending order.
        #expect(order != CUDA_EMULATION_FORWARD || result.counts[5] == 192)
    }

    @Test func sharedMemoryIsNaNBeforeItIsWrittenAndGuarded() throws {
        #expect(run("check_uninitialised").floats.allSatisfy { $0.isNaN })
        #expect(try #require(run("check_underrun").problem).contains("before its beginning"))
    }

    @Test func aLaunchThatIsNoneIsRefused() {
        #expect(run("no_such_kernel").problem == "no kernel of this name")
        #expect(run("ck_max_pool").problem == "the kernel takes a structure of another size")
        #expect(run("check_reversal", threads: 0).problem != nil)
    }
}
