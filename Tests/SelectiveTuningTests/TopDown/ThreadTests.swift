import SelectiveTuning
import Testing

@Suite struct ThreadTests {
    /// Whatever thread takes whatever picture: two tasks that can run at the same time never share memory.
    @Test(arguments: 1...9, 1...9) func twoTasksNeverShareAPass(threads: Int, batch: Int) {
        let passes = min(threads, batch)
        for (thread, image) in pairs(threads, batch) {
            let mine = CPUBackend.pass(thread: thread, image: image, passes: passes, threads: threads)
            #expect((0..<passes).contains(mine))
            for (otherThread, otherImage) in pairs(threads, batch) where otherThread != thread && otherImage != image {
                #expect(
                    CPUBackend.pass(thread: otherThread, image: otherImage, passes: passes, threads: threads) != mine)
            }
        }
    }

    private func pairs(_ threads: Int, _ batch: Int) -> [(Int, Int)] {
        (0..<threads).flatMap { thread in (0..<batch).map { (thread, $0) } }
    }
}
