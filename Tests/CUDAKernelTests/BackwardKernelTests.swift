import CKernels
import CUDAEmulation
import Testing

/// The backward pass's own kernels: each against the CPU's, bit for bit, over a batch with others' channels around.
@Suite struct BackwardKernelTests {
    private func filled(
        _ numbers: inout TestNumbers, batch: Int, height: Int, width: Int, channels: Int, halo: Int = 0, more: Int = 0
    ) -> Activations {
        let found = Activations(
            batch: batch, height: height, width: width, channels: channels, halo: halo, offset: more / 2,
            pixel: channels + more)
        found.values = (0..<batch * height * width * channels).map { _ in numbers.awkward() }
        return found
    }

    private func written(_ like: Activations, halo: Int, more: Int) -> Activations {
        Activations(
            batch: like.batch, height: like.height, width: like.width, channels: like.channels, halo: halo,
            offset: more / 2, pixel: like.channels + more, written: true)
    }

    @Test(arguments: 0..<24) func relu(seed: Int) {
        var numbers = TestNumbers(seed)
        let (batch, height, width) = (numbers.within(1...3), numbers.within(1...4), numbers.within(1...5))
        let channels = numbers.one(of: [1, 3, 8, 70, 300])
        let activation = filled(
            &numbers, batch: batch, height: height, width: width, channels: channels, halo: 1, more: 2)
        let values = (0..<batch * height * width * channels).map { _ in numbers.awkward() }
        func call(_ gradient: Activations) -> ck_backward_relu {
            gradient.values = values
            return ck_backward_relu(
                activation: activation.origin, activation_image: Int64(activation.image),
                activation_row: Int64(activation.row), activation_pixel: Int64(activation.pixel),
                gradient: gradient.origin, gradient_image: Int64(gradient.image), gradient_row: Int64(gradient.row),
                gradient_pixel: Int64(gradient.pixel), batch: Int32(batch), height: Int32(height),
                width: Int32(width), channels: Int32(channels), ceiling: seed % 2 == 0 ? .infinity : 0.5,
                guided: seed % 4 < 2 ? 0 : 1)
        }
        let expected = written(activation, halo: seed % 3, more: 4)
        var plain = call(expected)
        for task in 0..<ck_backward_relu_tasks(&plain) { ck_backward_relu_run(ck_isa_best(), &plain, task) }
        for device in Device.all {
            let actual = written(activation, halo: seed % 3, more: 4)
            var call = call(actual)
            execute(ck_cuda_backward_relu_launch(&call), call, device)
            #expect(actual.bits == expected.bits)
            #expect(actual.surroundingsAreWhole)
        }
    }

    @Test(arguments: 0..<60, [false, true]) func poolings(seed: Int, isMaximum: Bool) {
        let pool = Pooling(seed)
        var numbers = TestNumbers(seed)
        let input = filled(
            &numbers, batch: pool.batch, height: pool.rows.size, width: pool.columns.size, channels: pool.channels,
            halo: seed % 3, more: 6)
        let gradient = filled(
            &numbers, batch: pool.batch, height: pool.rows.count, width: pool.columns.count, channels: pool.channels,
            halo: seed % 2, more: 2)
        func call(_ part: Activations) -> ck_backward_pool {
            ck_backward_pool(
                input: isMaximum ? UnsafePointer(input.origin) : nil, input_image: Int64(input.image),
                input_row: Int64(input.row), input_pixel: Int64(input.pixel), input_gradient: part.origin,
                input_gradient_image: Int64(part.image), input_gradient_row: Int64(part.row),
                input_gradient_pixel: Int64(part.pixel), input_height: Int32(input.height),
                input_width: Int32(input.width), gradient: gradient.origin, gradient_image: Int64(gradient.image),
                gradient_row: Int64(gradient.row), gradient_pixel: Int64(gradient.pixel), batch: Int32(pool.batch),
                height: Int32(pool.rows.count), width: Int32(pool.columns.count), channels: Int32(pool.channels),
                window: RandomAxis.window(pool.rows, pool.columns), counts_padding: pool.countsPadding ? 1 : 0)
        }
        let expected = written(input, halo: 1, more: 4)
        var plain = call(expected)
        for task in 0..<ck_backward_pool_tasks(&plain) {
            if isMaximum {
                ck_backward_max_pool_run(ck_isa_best(), &plain, task)
            } else {
                ck_backward_average_pool_run(ck_isa_best(), &plain, task)
            }
        }
        #expect(expected.surroundingsAreWhole)
        for device in Device.all {
            let actual = written(input, halo: 1, more: 4)
            var call = call(actual)
            let launch =
                isMaximum ? ck_cuda_backward_max_pool_launch(&call) : ck_cuda_backward_average_pool_launch(&call)
            execute(launch, call, device)
            #expect(actual.bits == expected.bits, "\(pool)")
            #expect(actual.surroundingsAreWhole)
        }
    }

    @Test(arguments: 0..<24) func localResponse(seed: Int) {
        var numbers = TestNumbers(seed)
        let (batch, height, width) = (numbers.within(1...2), numbers.within(1...3), numbers.within(1...3))
        let channels = seed % 6 == 5 ? numbers.within(257...400) : numbers.within(1...100)
        let input = filled(
            &numbers, batch: batch, height: height, width: width, channels: channels, halo: 1, more: 2)
        let gradient = filled(
            &numbers, batch: batch, height: height, width: width, channels: channels, halo: seed % 2, more: 4)
        let size: Int32 = numbers.one(of: [1, 3, 5, 5, 9, 101])
        let (factor, k): (Float, Float) = (numbers.one(of: [1e-4 / 5, 0.3]), numbers.one(of: [1, 2]))
        func call(_ part: Activations) -> ck_backward_local_response {
            ck_backward_local_response(
                input: input.origin, input_image: Int64(input.image), input_row: Int64(input.row),
                input_pixel: Int64(input.pixel), input_gradient: part.origin, input_gradient_image: Int64(part.image),
                input_gradient_row: Int64(part.row), input_gradient_pixel: Int64(part.pixel),
                gradient: gradient.origin, gradient_image: Int64(gradient.image), gradient_row: Int64(gradient.row),
                gradient_pixel: Int64(gradient.pixel), batch: Int32(batch), height: Int32(height),
                width: Int32(width), channels: Int32(channels), size: size, alpha_over_size: factor, k: k)
        }
        let expected = written(input, halo: 1, more: 2)
        var plain = call(expected)
        var scratch = [Float](repeating: .nan, count: ck_backward_local_response_scratch(Int32(channels), size))
        for task in 0..<ck_backward_local_response_tasks(&plain) {
            ck_backward_local_response_run(ck_isa_best(), &plain, task, &scratch)
        }
        for device in Device.all {
            let actual = written(input, halo: 1, more: 2)
            var call = call(actual)
            execute(ck_cuda_backward_local_response_launch(&call), call, device)
            #expect(actual.bits == expected.bits)
            #expect(actual.surroundingsAreWhole)
        }
    }

    /// Pictures beyond one thread's, rows of weights that no gradient needs.
    @Test(arguments: 0..<24) func linear(seed: Int) {
        var numbers = TestNumbers(seed)
        let (batch, outputs) = (numbers.within(1...19), numbers.within(1...40))
        let (height, width) = (numbers.within(1...3), numbers.within(1...3))
        let channels = numbers.one(of: [1, 5, 64, 130])
        let weights = (0..<outputs * height * width * channels).map { _ in numbers.awkward() }
        let gradients = (0..<batch * outputs).map { _ in numbers.below(3) == 0 ? numbers.awkward() : 0 }
        let like = Activations(batch: batch, height: height, width: width, channels: channels)
        weights.withUnsafeBufferPointer { weights in
            gradients.withUnsafeBufferPointer { gradients in
                func call(_ part: Activations) -> ck_backward_linear {
                    ck_backward_linear(
                        weights: weights.baseAddress, gradient: gradients.baseAddress, gradient_image: Int64(outputs),
                        outputs: Int32(outputs), input_gradient: part.origin,
                        input_gradient_image: Int64(part.image), input_gradient_row: Int64(part.row),
                        input_gradient_pixel: Int64(part.pixel), batch: Int32(batch), height: Int32(height),
                        width: Int32(width), channels: Int32(channels))
                }
                let expected = written(like, halo: seed % 2, more: 2)
                var plain = call(expected)
                for task in 0..<ck_backward_linear_tasks(&plain) {
                    ck_backward_linear_run(ck_isa_best(), &plain, task)
                }
                #expect(expected.surroundingsAreWhole)
                for device in Device.all {
                    let actual = written(like, halo: seed % 2, more: 2)
                    var call = call(actual)
                    execute(
                        ck_cuda_backward_linear_launch(&call), call, device,
                        touching: [UnsafeRawBufferPointer(weights), UnsafeRawBufferPointer(gradients)])
                    #expect(actual.bits == expected.bits)
                    #expect(actual.surroundingsAreWhole)
                }
            }
        }
    }

    @Test(arguments: Device.pair(2)) func theOneHotIsEachPicturesClass(device: Device) {
        var gradients = [Float](repeating: 0, count: 300 * 7)
        let classes = (0..<300).map { Int32($0 * 5 % 7) }
        gradients.withUnsafeMutableBufferPointer { gradients in
            classes.withUnsafeBufferPointer { classes in
                var call = ck_backward_start(
                    gradient: gradients.baseAddress, gradient_image: 7, classes: classes.baseAddress, batch: 300)
                execute(
                    ck_cuda_backward_start_launch(&call), call, device,
                    touching: [UnsafeRawBufferPointer(gradients), UnsafeRawBufferPointer(classes)])
            }
        }
        #expect(gradients == classes.flatMap { found in (0..<7).map { $0 == found ? 1 : 0 } })
    }
}
