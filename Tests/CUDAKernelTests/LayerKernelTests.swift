import CKernels
import CUDAEmulation
import Testing

/// The layers without weights: each kernel against the CPU's, bit for bit, over a batch with others' channels around.
@Suite struct LayerKernelTests {
    typealias Launch = @Sendable (UnsafePointer<ck_pool2d>) -> ck_cuda_launch
    typealias CPU = @Sendable (UnsafePointer<ck_pool2d>, _ image: Int32) -> Void

    /// Runs both over random values; `pool` says the output's height and width.
    private func compare(_ pool: Pooling, seed: Int, launch: Launch, cpu: CPU) {
        var numbers = TestNumbers(seed)
        let input = Activations(
            batch: pool.batch, height: pool.rows.size, width: pool.columns.size, channels: pool.channels,
            halo: seed % 3, offset: seed % 5, pixel: pool.channels + 6)
        input.values = (0..<pool.batch * pool.rows.size * pool.columns.size * pool.channels).map { _ in
            numbers.awkward()
        }
        func output() -> Activations {
            Activations(
                batch: pool.batch, height: pool.rows.count, width: pool.columns.count, channels: pool.channels,
                halo: seed % 2, offset: seed % 4, pixel: pool.channels + 5, written: true)
        }
        func call(_ output: Activations) -> ck_pool2d {
            ck_pool2d(
                input: input.origin, input_image: Int64(input.image), input_row: Int64(input.row),
                input_pixel: Int64(input.pixel), input_height: Int32(input.height), input_width: Int32(input.width),
                output: output.origin, output_image: Int64(output.image), output_row: Int64(output.row),
                output_pixel: Int64(output.pixel), batch: Int32(pool.batch), height: Int32(output.height),
                width: Int32(output.width), channels: Int32(pool.channels),
                window: RandomAxis.window(pool.rows, pool.columns), counts_padding: pool.countsPadding ? 1 : 0)
        }
        let expected = output()
        var plain = call(expected)
        for image in 0..<pool.batch { cpu(&plain, Int32(image)) }
        for device in Device.all {
            let actual = output()
            var call = call(actual)
            execute(launch(&call), call, device)
            #expect(actual.bits == expected.bits, "\(pool)")
            #expect(actual.surroundingsAreWhole)
        }
    }

    @Test(arguments: 0..<60) func maximum(seed: Int) {
        compare(
            Pooling(seed), seed: seed, launch: { ck_cuda_max_pool_launch($0) },
            cpu: { ck_max_pool(ck_isa_best(), $0, $1) })
    }

    @Test(arguments: 0..<60) func average(seed: Int) {
        compare(
            Pooling(seed), seed: seed, launch: { ck_cuda_average_pool_launch($0) },
            cpu: { ck_average_pool(ck_isa_best(), $0, $1) })
    }

    @Test(arguments: 0..<8) func globalAverage(seed: Int) {
        var pool = Pooling(seed)
        (pool.rows.count, pool.columns.count) = (1, 1)
        compare(pool, seed: seed, launch: { ck_cuda_global_average_launch($0) }, cpu: { ck_global_average($0, $1) })
    }

    @Test(arguments: 0..<8) func copyOfChannels(seed: Int) {
        var pool = Pooling(seed)
        (pool.rows.count, pool.columns.count) = (pool.rows.size, pool.columns.size)
        compare(pool, seed: seed, launch: { ck_cuda_copy_channels_launch($0) }, cpu: { ck_copy_channels($0, $1) })
    }

    /// Channels beyond one block's stretch too, with the output apart and over the input.
    @Test(arguments: 0..<24, [false, true]) func localResponse(seed: Int, inPlace: Bool) {
        var numbers = TestNumbers(seed)
        let (batch, height, width) = (numbers.within(1...2), numbers.within(1...3), numbers.within(1...3))
        let channels = seed % 6 == 5 ? numbers.within(513...1400) : numbers.within(1...100)
        let values = (0..<batch * height * width * channels).map { _ in abs(numbers.awkward()) }
        var layer = ck_local_response()
        (layer.batch, layer.height, layer.width, layer.channels) = (
            Int32(batch), Int32(height), Int32(width), Int32(channels)
        )
        layer.size = numbers.one(of: [1, 3, 5, 5, 9, 301])
        (layer.alpha_over_size, layer.k) = (numbers.one(of: [1e-4 / 5, 0.3]), numbers.one(of: [1, 2]))

        let expected = Activations(
            batch: batch, height: height, width: width, channels: channels, halo: 1, pixel: channels + 3, written: true)
        expected.values = values
        var scratch = [Float](repeating: 0, count: ck_local_response_scratch(layer.channels, layer.size))
        func set(_ input: Activations, _ output: Activations) {
            layer.input = UnsafePointer(input.origin)
            (layer.input_image, layer.input_row, layer.input_pixel) = (
                Int64(input.image), Int64(input.row), Int64(input.pixel)
            )
            layer.output = output.origin
            (layer.output_image, layer.output_row, layer.output_pixel) = (
                Int64(output.image), Int64(output.row), Int64(output.pixel)
            )
        }
        set(expected, expected)
        for image in 0..<batch { ck_local_response_run(ck_isa_best(), &layer, Int32(image), &scratch) }
        for device in Device.all {
            let output = Activations(
                batch: batch, height: height, width: width, channels: channels, halo: 1, pixel: channels + 3,
                written: true)
            let input =
                inPlace ? output : Activations(batch: batch, height: height, width: width, channels: channels, halo: 2)
            input.values = values
            set(input, output)
            execute(ck_cuda_local_response_launch(&layer), layer, device)
            #expect(output.bits == expected.bits)
            #expect(output.surroundingsAreWhole)
        }
    }

    @Test(arguments: 0..<8, Device.pair(2)) func normalization(seed: Int, device: Device) {
        var numbers = TestNumbers(seed)
        let (batch, height, width) = (numbers.within(1...3), numbers.within(1...5), numbers.within(1...300))
        let rgb = (0..<batch * height * width * 3).map { _ in UInt8(numbers.below(256)) }
        let table = (0..<3 * 256).map { _ in numbers.awkward() }
        let order: [Int32] = seed % 2 == 0 ? [0, 1, 2] : [2, 1, 0]
        func output() -> Activations {
            Activations(batch: batch, height: height, width: width, channels: 3, halo: seed % 3, written: true)
        }
        let expected = output()
        for image in 0..<batch {
            let size = height * width * 3
            ck_normalize(
                Array(rgb[image * size..<(image + 1) * size]), Int32(height), Int32(width), table, order,
                expected.origin + image * expected.image, expected.row, expected.pixel)
        }
        let actual = output()
        rgb.withUnsafeBufferPointer { rgb in
            table.withUnsafeBufferPointer { table in
                var layer = ck_cuda_normalize(
                    rgb: rgb.baseAddress, table: table.baseAddress, order: (order[0], order[1], order[2]),
                    output: actual.origin, output_image: Int64(actual.image), output_row: Int64(actual.row),
                    output_pixel: Int64(actual.pixel), batch: Int32(batch), height: Int32(height), width: Int32(width))
                execute(
                    ck_cuda_normalize_launch(&layer), layer, device,
                    touching: [UnsafeRawBufferPointer(rgb), UnsafeRawBufferPointer(table)])
            }
        }
        #expect(actual.bits == expected.bits)
        #expect(actual.surroundingsAreWhole)
    }
}

/// A random shape of a pooling layer: rectangular, padded differently on each side, in ceil mode now and then.
struct Pooling {
    var batch, channels: Int
    var rows, columns: RandomAxis
    var countsPadding: Bool

    init(_ seed: Int) {
        var numbers = TestNumbers(seed + 1000)
        rows = RandomAxis(kernel: numbers.within(1...4), &numbers)
        columns = RandomAxis(kernel: numbers.within(1...4), &numbers)
        // As ceil mode may ask for: a window that begins in the padding behind the input, or even beyond it.
        if numbers.below(3) == 0 { rows.count += 1 }
        if numbers.below(3) == 0 { columns.count += 1 }
        (batch, channels) = (numbers.within(1...3), numbers.one(of: [1, 3, 8, 33, 70, 300]))
        countsPadding = numbers.below(2) == 0
    }
}
