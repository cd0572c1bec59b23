import CKernels
import Testing

@Suite struct PoolingTests {
    @Test(arguments: 0..<30) func maximumOfClippedWindows(seed: Int) {
        var numbers = TestNumbers(seed)
        let (kernel, stride) = (numbers.within(1...4), numbers.within(1...3))
        let padding = numbers.below(kernel / 2 + 1)
        let (height, width, channels) = (kernel + numbers.below(9), kernel + numbers.below(9), numbers.within(1...40))
        // One window more than floor mode has, as ceil mode may ask for, where it still starts inside.
        let extra = numbers.below(2)
        func count(_ n: Int) -> Int {
            let floor = (n + 2 * padding - kernel) / stride + 1
            return floor * stride < n + padding ? floor + extra : floor
        }
        let (outHeight, outWidth) = (count(height), count(width))
        let input = (0..<height * width * channels).map { _ in numbers.signed() }
        var expected: [Float] = []
        for y in 0..<outHeight {
            for x in 0..<outWidth {
                for c in 0..<channels {
                    var best = -Float.infinity
                    for iy in max(0, y * stride - padding)..<min(height, y * stride - padding + kernel) {
                        for ix in max(0, x * stride - padding)..<min(width, x * stride - padding + kernel) {
                            best = max(best, input[(iy * width + ix) * channels + c])
                        }
                    }
                    expected.append(best)
                }
            }
        }
        for isa in availableISAs {
            var output = [Float](repeating: .nan, count: expected.count)
            input.withUnsafeBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    var pool = ck_pool2d(
                        input: input.baseAddress, input_row: width * channels, input_pixel: channels,
                        input_height: Int32(height), input_width: Int32(width), output: output.baseAddress,
                        output_row: outWidth * channels, output_pixel: channels, height: Int32(outHeight),
                        width: Int32(outWidth), channels: Int32(channels), kernel: Int32(kernel),
                        stride: Int32(stride), padding: Int32(padding), counts_padding: 0)
                    ck_max_pool(isa, &pool)
                }
            }
            #expect(output == expected)
        }
    }

    @Test func poolRunsEveryTaskOnce() {
        let pool = ck_thread_pool_create(4)
        defer { ck_thread_pool_destroy(pool) }
        let counts = UnsafeMutablePointer<Int32>.allocate(capacity: 1000)
        defer { counts.deallocate() }
        counts.initialize(repeating: 0, count: 1000)
        for _ in 0..<20 {
            ck_thread_pool_run(
                pool, { context, task, _ in context!.assumingMemoryBound(to: Int32.self)[Int(task)] += 1 }, counts, 1000
            )
        }
        #expect((0..<1000).allSatisfy { counts[$0] == 20 })
    }
}
