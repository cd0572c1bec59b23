import CKernels
import CUDAEmulation
import Testing

/// Depthwise convolution against the CPU's, bit for bit.
@Suite struct DepthwiseKernelTests {
    /// Runs a random layer with this kernel by both; returns the name of the kernel that ran.
    private func compare(
        _ seed: Int, kernel: (height: Int, width: Int),
        change: (inout RandomAxis, inout RandomAxis) -> Void = { _, _ in }
    ) -> String {
        var numbers = TestNumbers(seed)
        var rows = RandomAxis(kernel: kernel.height, &numbers)
        var columns = RandomAxis(kernel: kernel.width, &numbers)
        change(&rows, &columns)
        let (batch, channels) = (numbers.within(1...2), numbers.one(of: [1, 3, 16, 33, 70]))
        let ceiling = numbers.one(of: [0, .infinity, 6, 0.25] as [Float])
        let halo = max(max(rows.before, rows.after), max(columns.before, columns.after))
        let input = Activations(
            batch: batch, height: rows.size, width: columns.size, channels: channels, halo: halo,
            pixel: channels + numbers.one(of: [0, 0, 5]))
        input.values = (0..<batch * rows.size * columns.size * channels).map { _ in
            // With a ReLU sums that are no numbers have one outcome; without, their bits are the processor's.
            if ceiling != 0, numbers.below(50) == 0 { return numbers.one(of: [.infinity, -.infinity, .nan]) }
            return numbers.awkward()
        }
        // Nothing behind their last float may be read either.
        let weights = Activations(batch: 1, height: kernel.height, width: kernel.width, channels: channels)
        weights.values = (0..<kernel.height * kernel.width * channels).map { _ in numbers.awkward() }
        let bias = Activations(batch: 1, height: 1, width: 1, channels: channels)
        bias.values = (0..<channels).map { _ in numbers.awkward() + 0 }
        func output() -> Activations {
            Activations(
                batch: batch, height: rows.count, width: columns.count, channels: channels, halo: seed % 2,
                offset: seed % 3, pixel: channels + seed % 3, written: true)
        }
        func call(_ output: Activations) -> ck_depthwise {
            ck_depthwise(
                input: input.origin - rows.before * input.row - columns.before * input.pixel,
                input_image: Int64(input.image), input_row: Int64(input.row), input_pixel: Int64(input.pixel),
                kernel_height: Int32(kernel.height), kernel_width: Int32(kernel.width), stride_y: Int32(rows.stride),
                stride_x: Int32(columns.stride), output: output.origin, output_image: Int64(output.image),
                output_row: Int64(output.row), output_pixel: Int64(output.pixel), batch: Int32(batch),
                height: Int32(rows.count), width: Int32(columns.count), channels: Int32(channels),
                weights: weights.origin, bias: bias.origin, ceiling: ceiling)
        }
        let expected = output()
        var plain = call(expected)
        for task in 0..<ck_depthwise_tasks(&plain) { ck_depthwise_run(ck_isa_best(), &plain, task) }
        var name = ""
        for device in Device.all {
            let actual = output()
            var call = call(actual)
            let launch = ck_cuda_depthwise_launch(&call)
            name = launch.kernel.map { String(cString: $0) } ?? ""
            execute(launch, call, device)
            #expect(actual.bits == expected.bits, "\(name), \(rows) x \(columns), ceiling \(ceiling)")
            #expect(actual.surroundingsAreWhole)
        }
        return name
    }

    @Test(arguments: 0..<60) func anyKernelAndStride(seed: Int) {
        let kernels = [(1, 1), (3, 3), (5, 5), (1, 7), (7, 1), (2, 3), (3, 5), (4, 4), (3, 1), (9, 9)]
        _ = compare(seed, kernel: kernels[seed % kernels.count])
    }

    /// The last strip of a row has one to four outputs, and the last row's last tap ends the memory.
    @Test(arguments: [3, 5], [1, 2]) func stripsThatEndInsideOfARow(size: Int, stride: Int) {
        for width in 1...9 {
            let name = compare(width, kernel: (size, size)) { rows, columns in
                (columns.stride, columns.before, columns.after, columns.count) = (stride, 0, 0, width)
                columns.size = (width - 1) * stride + size
                (rows.before, rows.after) = (0, 0)
                rows.size = size + rows.stride
                rows.count = 2
            }
            #expect(name == "ck_depthwise_\(size)x\(size)_stride\(stride)")
        }
    }

    @Test func otherShapesHaveTheKernelForAny() {
        for (kernel, stride) in [((3, 3), 3), ((3, 5), 1), ((5, 3), 1), ((7, 7), 1)] {
            let name = compare(4, kernel: kernel) { _, columns in
                columns.stride = stride
                columns.count = (columns.size + columns.before + columns.after - columns.kernel) / stride + 1
            }
            #expect(name == "ck_depthwise_any")
        }
    }

    @Test func aShapeBeyondTheGridIsNoLaunch() {
        var call = ck_depthwise()
        (call.batch, call.height, call.width, call.channels) = (1, 1, 1, 1)
        (call.kernel_height, call.kernel_width, call.stride_x, call.stride_y) = (1, 1, 1, 1)
        #expect(ck_cuda_depthwise_launch(&call).kernel != nil)
        call.height = 70_000
        #expect(ck_cuda_depthwise_launch(&call).kernel == nil)
        (call.height, call.channels, call.kernel_height, call.kernel_width) = (1, 1 << 20, 64, 64)
        #expect(ck_cuda_depthwise_launch(&call).kernel == nil)
    }
}
