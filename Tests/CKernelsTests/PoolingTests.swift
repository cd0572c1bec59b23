import CKernels
import Testing

@Suite struct PoolingTests {
    /// Maximum and both averages of random windows, rectangular and padded differently on each side, over a batch.
    @Test(arguments: 0..<60) func everyWindowAsThePlainLoopHasIt(seed: Int) {
        var numbers = TestNumbers(seed)
        let batch = numbers.within(1...2)
        let rows = Axis(&numbers)
        let columns = Axis(&numbers)
        let channels = numbers.within(1...40)
        let input = PaddedActivations(
            batch: batch, height: rows.size, width: columns.size, channels: channels, top: numbers.below(2),
            right: numbers.below(2), gap: numbers.below(3))
        input.values = (0..<batch * rows.size * columns.size * channels).map { _ in numbers.signed() }
        let values = input.values
        /// The values of one channel inside of a window.
        func inside(_ image: Int, _ y: Int, _ x: Int, _ c: Int) -> [Float] {
            rows.inside(y).flatMap { row in
                columns.inside(x).map { values[((image * rows.size + row) * columns.size + $0) * channels + c] }
            }
        }
        func outputs(_ body: (_ image: Int, _ y: Int, _ x: Int, _ c: Int) -> Float) -> [Float] {
            (0..<batch).flatMap { image in
                (0..<rows.windows).flatMap { y in
                    (0..<columns.windows).flatMap { x in (0..<channels).map { body(image, y, x, $0) } }
                }
            }
        }
        let maxima = outputs { inside($0, $1, $2, $3).max() ?? 0 }
        func averages(countsPadding: Bool) -> [Float] {
            outputs { image, y, x, c in
                let inside = inside(image, y, x, c)
                let cells = countsPadding ? rows.padded(y).count * columns.padded(x).count : inside.count
                return inside.isEmpty ? 0 : inside.reduce(0, +) / Float(cells)
            }
        }
        for isa in availableISAs {
            let output = PaddedActivations(
                batch: batch, height: rows.windows, width: columns.windows, channels: channels, top: 1, gap: 3)
            var pool = ck_pool2d(
                input: input.origin, input_image: Int64(input.image), input_row: Int64(input.row),
                input_pixel: Int64(input.pixel), input_height: Int32(rows.size), input_width: Int32(columns.size),
                output: output.origin, output_image: Int64(output.image), output_row: Int64(output.row),
                output_pixel: Int64(output.pixel), batch: Int32(batch), height: Int32(rows.windows),
                width: Int32(columns.windows), channels: Int32(channels),
                window: ck_window(
                    kernel_height: Int32(rows.kernel), kernel_width: Int32(columns.kernel),
                    stride_y: Int32(rows.stride), stride_x: Int32(columns.stride), pad_top: Int32(rows.before),
                    pad_left: Int32(columns.before), pad_bottom: Int32(rows.after), pad_right: Int32(columns.after)),
                counts_padding: 0)
            for image in 0..<Int32(batch) { ck_max_pool(isa, &pool, image) }
            #expect(output.values == maxima, "maximum over \(rows) x \(columns)")
            for countsPadding in [false, true] {
                pool.counts_padding = countsPadding ? 1 : 0
                for image in 0..<Int32(batch) { ck_average_pool(isa, &pool, image) }
                #expect(
                    output.values == averages(countsPadding: countsPadding), "average over \(rows) x \(columns)")
            }
            #expect(output.gapsAreWhole)
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

/// Windows along one axis of a map.
private struct Axis: CustomStringConvertible {
    let size, kernel, stride, before, after, windows: Int

    init(_ numbers: inout TestNumbers) {
        (kernel, stride) = (numbers.within(1...4), numbers.within(1...3))
        (before, after) = (numbers.below(kernel / 2 + 1), numbers.below(kernel + 1))
        size = kernel + numbers.below(9)
        let floor = (size + before + after - kernel) / stride + 1
        // One window more than floor mode has, as ceil mode may ask for, where it still starts inside.
        windows = floor * stride < size + before && numbers.below(2) == 0 ? floor + 1 : floor
    }

    var description: String { "\(size), kernel \(kernel), stride \(stride), padding \(before) and \(after)" }

    /// The cells of window number `at` that lie in the padded input.
    func padded(_ at: Int) -> Range<Int> {
        let begin = at * stride - before
        return begin..<max(begin, min(begin + kernel, size + after))
    }

    /// Those in the input.
    func inside(_ at: Int) -> Range<Int> { padded(at).clamped(to: 0..<size) }
}
