import CKernels
import SelectiveTuning

/// What the machine does at the most, by loops that do nothing else; the best of three.
enum MachinePeak {
    /// Floating-point operations a second of all threads together, by a loop of multiply-adds in registers.
    static func operationsPerSecond(_ pool: ThreadPool) -> Double {
        let steps: Int64 = 10_000_000
        var best = 0.0
        for _ in 0..<3 {
            let start = ContinuousClock.now
            let operations = pool.map(pool.threads) { _, _ in ck_peak_fma(ck_isa_best(), steps) }
            best = max(best, Double(operations.reduce(0, +)) / ((ContinuousClock.now - start) / .seconds(1)))
        }
        return best
    }

    /// Bytes a second that all threads together copy from memory to memory, each between two blocks of 128 MiB.
    static func copiedBytesPerSecond(_ pool: ThreadPool) throws -> Double {
        let bytes = 128 << 20
        let blocks = (0..<2 * pool.threads).map { _ in KernelMemory(bytes: bytes) }
        var best = 0.0
        for _ in 0..<4 {  // the first touches the pages
            let start = ContinuousClock.now
            pool.run(pool.threads) { task, _ in
                blocks[2 * task].pointer.copyMemory(from: blocks[2 * task + 1].pointer, byteCount: bytes)
            }
            best = max(best, Double(bytes * pool.threads) / ((ContinuousClock.now - start) / .seconds(1)))
        }
        return best
    }
}
