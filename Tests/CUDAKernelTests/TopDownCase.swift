import CKernels
import CUDAEmulation
import Testing

/// A layer with its numbers, run by the CPU's functions and by the kernels.
final class TopDownCase {
    let layer: TopDownLayer
    let activities: Activations
    let weights: UnsafeMutableBufferPointer<Float>
    let output, input: DeviceGating
    let images: DeviceImages
    private(set) var expected: [TopDownOutcome] = []
    /// The kernel that was launched.
    private(set) var kernel = ""
    private var scratch: UnsafeMutableBufferPointer<Float>?

    init(_ layer: TopDownLayer, _ values: TopDownValues, _ numbers: inout TestNumbers) {
        self.layer = layer
        activities = Activations(
            batch: layer.batch, height: layer.height, width: layer.width, channels: layer.channels,
            halo: 0, offset: numbers.below(3), pixel: layer.channels + numbers.one(of: [2, 2, 5]))
        weights = .allocate(capacity: layer.outChannels * layer.connections)
        output = DeviceGating(
            batch: layer.batch, height: layer.outHeight, width: layer.outWidth, channels: layer.outChannels)
        input = DeviceGating(batch: layer.batch, height: layer.height, width: layer.width, channels: layer.channels)
        images = DeviceImages(batch: layer.batch)
        let hasNegatives = numbers.below(5) == 0
        let count = layer.batch * input.count
        activities.values = (0..<count).map { _ in
            let value = values.activity(&numbers)
            return hasNegatives && numbers.below(2) == 0 ? -value : value
        }
        for place in weights.indices { weights.initializeElement(at: place, to: values.weight(&numbers)) }
        for image in 0..<layer.batch { fill(image, values, &numbers) }
    }

    deinit {
        weights.deallocate()
        scratch?.deallocate()
    }

    /// Some active units, some touched whose gating is zero again; some gating that is there before; statistics.
    private func fill(_ image: Int, _ values: TopDownValues, _ numbers: inout TestNumbers) {
        for _ in 0..<numbers.within(0...min(layer.activeUnits, output.count)) {
            output.add(image: image, index: numbers.below(output.count), values.gating(&numbers))
        }
        if output.cpu[image].count > 0, numbers.below(4) == 0 {
            let index = Int(output.cpu[image].list[0])
            output.add(image: image, index: index, -output.cpu[image].value[index])
        }
        if layer.kind != .bridge, values == .nearGatingRange || numbers.below(3) == 0 {
            for _ in 0..<3 { input.add(image: image, index: numbers.below(input.count), values.gating(&numbers)) }
        }
        images[image].ties = numbers.next() % 5
        let mass = values == .nearGatingRange ? Int64.max >> Int64(numbers.below(4)) : 7
        images[image].dropped_mass = UInt64(bitPattern: mass)
    }

    /// A cell alone in half of 40 channels, whose sum is 4 more than that of two cells in the others, over 3 x 3 cells.
    static func withScoresThatDifferByTheirRounding(_ layer: TopDownLayer, _ sum: Int) -> TopDownCase {
        var numbers = TestNumbers(sum)
        let test = TopDownCase(layer, .constant, &numbers)
        test.activities.values = (0..<9).flatMap { cell in
            (0..<40).map { channel -> Float in
                let two = Float(sum + channel % 20)
                if channel < 20 { return cell == 4 ? two + 4 : 0 }
                return cell == 4 ? 1 : cell == 5 ? two - 1 : 0
            }
        }
        for place in test.weights.indices { test.weights[place] = 1 }
        test.output.add(image: 0, index: 0, 1 << 40)
        test.images[0].ties = 0
        return test
    }

    /// One image by the CPU's functions, from the statistics that its state has.
    func runCPU() {
        for image in 0..<layer.batch {
            var stats = ck_td_stats()
            (stats.ties, stats.dropped_mass) = (
                Int64(images[image].ties), Int64(bitPattern: images[image].dropped_mass)
            )
            stats.error_unit = -1
            let workspace = ck_td_workspace_create(ck_isa_best(), Int64(max(layer.connections, input.count)))
            defer { ck_td_workspace_destroy(workspace) }
            var view = ck_td_view(
                data: activities.origin + image * activities.image, row_stride: Int64(activities.row),
                pixel_stride: Int64(activities.pixel), height: Int32(layer.height), width: Int32(layer.width),
                channels: Int32(layer.channels))
            var rule = layer.rule
            let status: ck_td_status
            let (from, to) = (output.cpu.baseAddress! + image, input.cpu.baseAddress! + image)
            switch layer.kind {
            case .convolution:
                var call = ck_td_conv_layer(
                    weights: weights.baseAddress, window: layer.window, groups: Int32(layer.groups),
                    out_channels: Int32(layer.outChannels), rule: rule)
                status = ck_td_conv(workspace, &call, &view, from, to, &stats)
            case .linear: status = ck_td_linear(workspace, weights.baseAddress, &rule, view.data, from, to, &stats)
            case .bridge: status = ck_td_bridge(workspace, &rule, from, to, &stats)
            case .slice: status = ck_td_slice(from, Int32(layer.firstChannel), to)
            case .maxPool, .averagePool:
                var window = layer.window
                status =
                    layer.kind == .maxPool
                    ? ck_td_max_pool(&window, &view, from, to, &stats)
                    : ck_td_average_pool(&window, &view, from, to, &stats)
            }
            expected.append(TopDownOutcome(status, stats))
        }
    }

    private var view: ck_cuda_view {
        ck_cuda_view(
            data: activities.origin, image_stride: Int64(activities.image), row_stride: Int64(activities.row),
            pixel_stride: Int64(activities.pixel), height: Int32(layer.height), width: Int32(layer.width),
            channels: Int32(layer.channels))
    }

    /// Scratch memory that holds nothing of use.
    private func scratch(bytes: Int64) -> UnsafeMutablePointer<Float>? {
        guard bytes > 0 else { return nil }
        let memory = UnsafeMutableBufferPointer<Float>.allocate(capacity: Int(bytes) / 4)
        memory.initialize(repeating: .nan)
        scratch = memory
        return memory.baseAddress
    }

    var convolution: ck_cuda_td_conv {
        ck_cuda_td_conv(
            weights: weights.baseAddress, input: view, window: layer.window, groups: Int32(layer.groups),
            out_channels: Int32(layer.outChannels), rule: layer.rule, output_gating: output.call,
            input_gating: input.call, images: images.images.baseAddress, batch: Int32(layer.batch), scratch: nil)
    }

    /// The layer and what ends it, as on a device with so many multiprocessors.
    func runDevice(multiprocessors: Int32, _ device: Device) {
        let states = images.images.baseAddress
        switch layer.kind {
        case .convolution, .linear:
            var call = convolution
            call.scratch = scratch(bytes: ck_cuda_td_conv_scratch(&call, multiprocessors))
            launch(ck_cuda_td_conv_launch(&call, multiprocessors), call, device)
        case .bridge:
            var call = ck_cuda_td_bridge(
                vector: output.call, rule: layer.rule, images: states, batch: Int32(layer.batch), layer: 5,
                scratch: nil)
            call.scratch = scratch(bytes: ck_cuda_td_bridge_scratch(&call))
            launch(ck_cuda_td_bridge_launch(&call), call, device)
        case .maxPool, .averagePool:
            var call = ck_cuda_td_pool(
                input: view, window: layer.window, output_gating: output.call, input_gating: input.call,
                images: states, batch: Int32(layer.batch))
            launch(
                layer.kind == .maxPool
                    ? ck_cuda_td_max_pool_launch(&call, multiprocessors)
                    : ck_cuda_td_average_pool_launch(&call, multiprocessors), call, device)
        case .slice:
            var call = ck_cuda_td_slice(
                whole: output.call, part: input.call, first_channel: Int32(layer.firstChannel), images: states,
                batch: Int32(layer.batch))
            launch(ck_cuda_td_slice_launch(&call, multiprocessors), call, device)
        }
        guard layer.kind != .bridge else { return }
        images.finish(output: output, input: input, hasUnits: layer.kind != .slice, layer: 5, device)
    }

    private func launch<Arguments>(_ launch: ck_cuda_launch, _ arguments: Arguments, _ device: Device) {
        kernel = launch.kernel.map { String(cString: $0) } ?? ""
        execute(
            launch, arguments, device,
            touching: [UnsafeRawBufferPointer(weights)] + (scratch.map { [UnsafeRawBufferPointer($0)] } ?? []))
    }

    /// Whether gating, statistics and status are the CPU's.
    var isRight: Bool {
        (0..<layer.batch).allSatisfy {
            TopDownOutcome(images[$0]) == expected[$0]
                && (expected[$0].status != CK_TD_OK.rawValue || input.values(image: $0) == input.cpuValues(image: $0))
        }
    }

    /// Compares everything; a bridge's result is where its input was.
    func compare(_ comment: String) {
        let result = layer.kind == .bridge ? output : input
        for image in 0..<layer.batch {
            let outcome = TopDownOutcome(images[image])
            #expect(outcome == expected[image], "\(kernel), image \(image): \(comment)")
            #expect(images.isSettled(image), "\(kernel): \(comment)")
            let failed = outcome.status != CK_TD_OK.rawValue
            #expect(images[image].error_layer == (failed ? 5 : -1))
            guard !failed else { continue }
            let same = result.values(image: image) == input.cpuValues(image: image)
            #expect(same, "\(kernel), image \(image): \(comment)")
            #expect(result.isTouched(image: image), "\(kernel): \(comment)")
            if layer.kind != .bridge { #expect(result.absolute[image] == input.cpu[image].absolute) }
        }
    }
}
