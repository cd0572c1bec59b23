import CKernels
import CUDAEmulation
import Testing

/// A whole pass of a small network, as the header says: classes <- linear <- bridge <- convolution over the map <-
/// concatenation of two maps. No value of one launch is looked at before the end.
@Suite struct TopDownSequenceTests {
    private static let batch = 3
    private let classes = DeviceGating(batch: batch, height: 1, width: 1, channels: 6)
    private let vector = DeviceGating(batch: batch, height: 1, width: 1, channels: 40)
    private let map = DeviceGating(batch: batch, height: 3, width: 3, channels: 7)
    private let parts = [3, 4].map { DeviceGating(batch: batch, height: 3, width: 3, channels: $0) }
    private let images = DeviceImages(batch: batch)
    private let hidden = Activations(batch: batch, height: 1, width: 1, channels: 40)
    private let activities = Activations(batch: batch, height: 3, width: 3, channels: 7)
    private let weights: [[Float]]
    private let units: [Int32] = [4, 0, 5]
    private let rules = [
        ck_td_rule_linear(0, CK_TD_LADDER, 3), ck_td_rule_linear(0, CK_TD_LADDER, 1),
        ck_td_rule_conv(0, CK_TD_GROUP, 0),
    ]

    init() {
        var numbers = TestNumbers(1)
        hidden.values = (0..<Self.batch * 40).map { _ in max(0, numbers.signed()) }
        activities.values = (0..<Self.batch * 63).map { _ in max(0, numbers.signed()) }
        weights = [(0..<6 * 40).map { _ in numbers.signed() + 0.1 }, (0..<40 * 63).map { _ in numbers.signed() + 0.1 }]
    }

    /// The status of each step of an image by the CPU's functions, up to the first that fails, and the statistics.
    private func runCPU(_ image: Int) -> ([ck_td_status], ck_td_stats) {
        var stats = ck_td_stats()
        stats.error_unit = -1
        func gating(_ tensor: DeviceGating) -> UnsafeMutablePointer<ck_gating> { tensor.cpu.baseAddress! + image }
        let workspace = ck_td_workspace_create(ck_isa_best(), 63)
        defer { ck_td_workspace_destroy(workspace) }
        let selected = DeviceGating(batch: 1, height: 1, width: 1, channels: 40)
        var rules = self.rules
        var view = ck_td_view(
            data: activities.origin + image * activities.image, row_stride: 21, pixel_stride: 7, height: 3, width: 3,
            channels: 7)
        var layer = ck_td_conv_layer(
            weights: nil, window: Self.window(3), groups: 1, out_channels: 40, rule: rules[2])
        let statuses = weights[1].withUnsafeBufferPointer { convolution in
            layer.weights = convolution.baseAddress
            let steps: [() -> ck_td_status] = [
                { ck_gating_add(gating(classes), units[image], 1 << 48) },
                {
                    ck_td_linear(
                        workspace, weights[0], &rules[0], hidden.origin + image * 40, gating(classes), gating(vector),
                        &stats)
                },
                { ck_td_bridge(workspace, &rules[1], gating(vector), selected.cpu.baseAddress!, &stats) },
                { ck_td_conv(workspace, &layer, &view, selected.cpu.baseAddress!, gating(map), &stats) },
                { ck_td_slice(gating(map), 0, gating(parts[0])) },
                { ck_td_slice(gating(map), 3, gating(parts[1])) },
            ]
            var statuses: [ck_td_status] = []
            for step in steps {
                statuses.append(step())
                if statuses.last != CK_TD_OK { break }
            }
            return statuses
        }
        return (statuses, stats)
    }

    private static func window(_ size: Int32) -> ck_window {
        ck_window(
            kernel_height: size, kernel_width: size, stride_y: 1, stride_x: 1, pad_top: 0, pad_left: 0, pad_bottom: 0,
            pad_right: 0)
    }

    private func runDevice(_ device: Device) {
        let states = images.images.baseAddress
        let batch = Int32(Self.batch)
        units.withUnsafeBufferPointer { units in
            var start = ck_cuda_td_start(gating: classes.call, unit: units.baseAddress, images: states, batch: batch)
            execute(ck_cuda_td_start_launch(&start), start, device, touching: [UnsafeRawBufferPointer(units)])
        }
        convolution(weights[0], hidden, kernel: 1, rules[0], from: classes, to: vector, layer: 3, device)
        let scratch = UnsafeMutableBufferPointer<Float>.allocate(capacity: Self.batch * 40)
        defer { scratch.deallocate() }
        var bridge = ck_cuda_td_bridge(
            vector: vector.call, rule: rules[1], images: states, batch: batch, layer: 2, scratch: scratch.baseAddress)
        #expect(ck_cuda_td_bridge_scratch(&bridge) == Int64(Self.batch * 40 * 4))
        execute(ck_cuda_td_bridge_launch(&bridge), bridge, device, touching: [UnsafeRawBufferPointer(scratch)])
        convolution(weights[1], activities, kernel: 3, rules[2], from: vector, to: map, layer: 1, device)
        for (part, first) in zip(parts, [0, 3]) {
            var slice = ck_cuda_td_slice(
                whole: map.call, part: part.call, first_channel: Int32(first), images: states, batch: batch)
            execute(ck_cuda_td_slice_launch(&slice, 2), slice, device)
            images.finish(output: map, input: part, hasUnits: false, layer: 0, device)
        }
        map.clear(device)
    }

    private func convolution(
        _ weights: [Float], _ activities: Activations, kernel: Int32, _ rule: ck_td_rule, from output: DeviceGating,
        to input: DeviceGating, layer: Int, _ device: Device
    ) {
        weights.withUnsafeBufferPointer { weights in
            let view = ck_cuda_view(
                data: activities.origin, image_stride: Int64(activities.image), row_stride: Int64(activities.row),
                pixel_stride: Int64(activities.pixel), height: kernel, width: kernel, channels: Int32(input.channels))
            var call = ck_cuda_td_conv(
                weights: weights.baseAddress, input: view, window: Self.window(kernel), groups: 1,
                out_channels: Int32(output.channels), rule: rule, output_gating: output.call,
                input_gating: input.call, images: images.images.baseAddress, batch: Int32(Self.batch), scratch: nil)
            #expect(ck_cuda_td_conv_scratch(&call, 2) == 0)
            execute(
                ck_cuda_td_conv_launch(&call, 2), call, device, touching: [UnsafeRawBufferPointer(weights)])
        }
        images.finish(output: output, input: input, hasUnits: true, layer: layer, device)
        output.clear(device)
    }

    @Test(arguments: Device.all) func aPassAgreesAndAnImageThatFailsTakesNoFurtherPart(device: Device) {
        activities.pixel(at: 9 + 4)[2] = .nan
        runDevice(device)
        for image in 0..<Self.batch {
            let (statuses, stats) = runCPU(image)
            let failed = image == 1
            #expect(statuses.last == (failed ? CK_TD_NOT_FINITE : CK_TD_OK))
            #expect(statuses.count == (failed ? 4 : 6))
            let found = TopDownOutcome(images[image])
            #expect(found == TopDownOutcome(statuses.last!, stats))
            #expect(images[image].error_layer == (failed ? 1 : -1))
            #expect(images.isSettled(image))
            for part in parts {
                let values = part.values(image: image)
                // The failed image's convolution left something in the map, and nothing came of it.
                #expect(values == (failed ? values.map { _ in 0 } : part.cpuValues(image: image)))
            }
            let reached = parts.contains { $0.values(image: image).contains { $0 != 0 } }
            #expect(reached != failed)
        }
        for tensor in [classes, vector, map] { #expect(tensor.isClear) }
    }

    @Test func whatTheKernelsCannotDoIsNoLaunch() {
        var call = ck_cuda_td_conv()
        (call.batch, call.groups, call.out_channels, call.window) = (1, 1, 6, Self.window(3))
        (call.output_gating, call.input_gating) = (classes.call, map.call)
        (call.input.height, call.input.width, call.input.channels) = (3, 3, 7)
        func isLaunch(_ change: (inout ck_cuda_td_conv) -> Void) -> Bool {
            var changed = call
            change(&changed)
            return ck_cuda_td_conv_launch(&changed, 1).kernel != nil
        }
        #expect(isLaunch { _ in })
        #expect(!isLaunch { $0.groups = 2 })
        #expect(!isLaunch { $0.out_channels = 5 })
        #expect(!isLaunch { $0.window.stride_x = 0 })
        #expect(!isLaunch { $0.window.pad_top = -1 })
        #expect(!isLaunch { $0.input.width = 4 })
        #expect(!isLaunch { $0.batch = 70_000 })
        #expect(isLaunch { ($0.window.kernel_height, $0.window.kernel_width) = (1_024, 1_024) })
        #expect(!isLaunch { ($0.window.kernel_height, $0.window.kernel_width) = (1 << 20, 1 << 12) })
        var bridge = ck_cuda_td_bridge()
        (bridge.batch, bridge.vector, bridge.rule.select) = (1, vector.call, CK_TD_LADDER)
        #expect(ck_cuda_td_bridge_launch(&bridge).kernel != nil)
        bridge.rule.select = CK_TD_ALL
        #expect(ck_cuda_td_bridge_launch(&bridge).kernel == nil)
        var slice = ck_cuda_td_slice()
        (slice.batch, slice.whole, slice.part, slice.first_channel) = (1, map.call, parts[1].call, 3)
        #expect(ck_cuda_td_slice_launch(&slice, 1).kernel != nil)
        slice.first_channel = 4
        #expect(ck_cuda_td_slice_launch(&slice, 1).kernel == nil)
    }
}
