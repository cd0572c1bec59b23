import CKernels
import CUDAEmulation
import Testing

/// The shape and the rule of an addition in the top-down pass.
struct Addition {
    var batch = 1
    var (height, width, channels) = (1, 1, 1)
    /// The tensor that each input is: some may be the same.
    var tensors = [0, 1]
    /// Whether the first input's activity is what the others leave of the sum.
    var derivesFirst = false
    var rule = ck_td_rule_conv(0, CK_TD_GROUP, 0)
    var residual = CK_TD_SPLIT

    var tensorCount: Int { tensors.max()! + 1 }

    init() {}

    init(_ numbers: inout TestNumbers) {
        batch = numbers.within(1...3)
        (height, width) = (numbers.within(1...6), numbers.within(1...6))
        channels = numbers.within(1...numbers.one(of: [3, 40]))
        let count = numbers.one(of: [2, 2, 2, 3, 5, Int(CK_TD_ADD_INPUTS)])
        tensors = Array(0..<count)
        if numbers.below(4) == 0 {
            // Numbered by their first input.
            var next = 0
            tensors = tensors.map { _ in
                if next > 0, numbers.below(2) == 0 { return numbers.below(next) }
                next += 1
                return next - 1
            }
        }
        derivesFirst = numbers.below(2) == 0
        rule.strict = numbers.below(2) == 0 ? 1 : 0
        residual = numbers.one(of: [CK_TD_SPLIT, CK_TD_SPLIT, CK_TD_WINNER, CK_TD_BRANCH])
    }
}

/// An addition with its numbers, run by the CPU's function and by the emulated kernels.
final class AdditionCase {
    let addition: Addition
    /// Of each tensor.
    let activities: [Activations]
    let inputs: [DeviceGating]
    let sum: Activations
    let output: DeviceGating
    let images: DeviceImages
    private(set) var expected: [TopDownOutcome] = []

    init(_ addition: Addition, _ values: TopDownValues, _ numbers: inout TestNumbers) {
        self.addition = addition
        func activations() -> Activations {
            Activations(
                batch: addition.batch, height: addition.height, width: addition.width, channels: addition.channels,
                offset: numbers.below(3), pixel: addition.channels + numbers.one(of: [2, 5]))
        }
        func gating() -> DeviceGating {
            DeviceGating(
                batch: addition.batch, height: addition.height, width: addition.width, channels: addition.channels)
        }
        activities = (0..<addition.tensorCount).map { _ in activations() }
        inputs = (0..<addition.tensorCount).map { _ in gating() }
        sum = activations()
        output = gating()
        images = DeviceImages(batch: addition.batch)
        let count = addition.batch * output.count
        let isSigned = numbers.below(2) == 0
        for tensor in activities {
            tensor.values = (0..<count).map { _ in
                // With weights of 1, 2^27 is far away from most activities.
                let value = values == .nearRange ? numbers.signed() * 0x1p26 : values.activity(&numbers)
                return isSigned && numbers.below(2) == 0 ? -value : value
            }
        }
        // As the forward pass leaves it; now and then something else, which the first input then has to make up for.
        let added = addition.tensors.map { activities[$0].values }
        let hasReLU = numbers.below(2) == 0
        sum.values = (0..<count).map { place in
            if values == .awkward, numbers.below(4) == 0 { return numbers.awkward() }
            let value = added.dropFirst().reduce(added[0][place]) { $0 + $1[place] }
            return hasReLU && !(value > 0) ? 0 : value
        }
        for image in 0..<addition.batch { fill(image, values, &numbers) }
    }

    /// Some active units, some touched whose gating is zero again; some gating that is there before; statistics.
    private func fill(_ image: Int, _ values: TopDownValues, _ numbers: inout TestNumbers) {
        for _ in 0..<numbers.within(0...numbers.one(of: [12, 300])) {
            output.add(image: image, index: numbers.below(output.count), values.gating(&numbers))
        }
        if output.cpu[image].count > 0, numbers.below(4) == 0 {
            let index = Int(output.cpu[image].list[0])
            output.add(image: image, index: index, -output.cpu[image].value[index])
        }
        for input in inputs where values == .nearGatingRange || numbers.below(3) == 0 {
            for _ in 0..<numbers.one(of: [3, 3, 12]) {
                input.add(image: image, index: numbers.below(input.count), values.gating(&numbers))
            }
        }
        images[image].ties = numbers.next() % 5
        images[image].dropped_mass = values == .nearGatingRange ? UInt64(Int64.max >> Int64(numbers.below(4))) : 7
    }

    func runCPU() {
        for image in 0..<addition.batch {
            var stats = ck_td_stats()
            (stats.ties, stats.dropped_mass) = (
                Int64(images[image].ties), Int64(bitPattern: images[image].dropped_mass)
            )
            stats.error_unit = -1
            func view(_ tensor: Activations, isKnown: Bool = true) -> ck_td_view {
                ck_td_view(
                    data: isKnown ? UnsafePointer(tensor.origin + image * tensor.image) : nil,
                    row_stride: Int64(tensor.row), pixel_stride: Int64(tensor.pixel), height: Int32(tensor.height),
                    width: Int32(tensor.width), channels: Int32(tensor.channels))
            }
            var layer = ck_td_add_layer()
            layer.inputs = Int32(addition.tensors.count)
            (layer.sum, layer.rule, layer.residual) = (view(sum), addition.rule, addition.residual)
            withUnsafeMutableBytes(of: &layer.input) {
                let views = $0.bindMemory(to: ck_td_view.self)
                for (input, tensor) in addition.tensors.enumerated() {
                    views[input] = view(activities[tensor], isKnown: input > 0 || !addition.derivesFirst)
                }
            }
            let gatings = addition.tensors.map { Optional(inputs[$0].cpu.baseAddress! + image) }
            let status = ck_td_add(&layer, output.cpu.baseAddress! + image, gatings, &stats)
            expected.append(TopDownOutcome(status, stats))
        }
    }

    /// What the kernels take.
    var call: ck_cuda_td_add {
        func view(_ tensor: Activations, isKnown: Bool = true) -> ck_cuda_view {
            ck_cuda_view(
                data: isKnown ? UnsafePointer(tensor.origin) : nil, image_stride: Int64(tensor.image),
                row_stride: Int64(tensor.row), pixel_stride: Int64(tensor.pixel), height: Int32(tensor.height),
                width: Int32(tensor.width), channels: Int32(tensor.channels))
        }
        var call = ck_cuda_td_add()
        (call.inputs, call.rule, call.residual) = (Int32(addition.tensors.count), addition.rule, addition.residual)
        (call.output_gating, call.sum) = (output.call, view(sum))
        withUnsafeMutableBytes(of: &call.input) {
            let views = $0.bindMemory(to: ck_cuda_view.self)
            for (input, tensor) in addition.tensors.enumerated() {
                views[input] = view(activities[tensor], isKnown: input > 0 || !addition.derivesFirst)
            }
        }
        withUnsafeMutableBytes(of: &call.input_gating) {
            let gatings = $0.bindMemory(to: ck_cuda_gating.self)
            for (input, tensor) in addition.tensors.enumerated() { gatings[input] = inputs[tensor].call }
        }
        (call.images, call.batch) = (images.images.baseAddress, Int32(addition.batch))
        return call
    }

    /// The two launches and what ends the layer, as on a device with so many multiprocessors.
    func runDevice(multiprocessors: Int32, _ device: Device) {
        var call = call
        execute(ck_cuda_td_add_launch(&call, multiprocessors), call, device)
        execute(ck_cuda_td_add_range_launch(&call), call, device)
        images.finish(output: output, input: inputs[0], hasUnits: true, layer: 5, device)
    }

    func compare(_ comment: String) {
        for image in 0..<addition.batch {
            let outcome = TopDownOutcome(images[image])
            #expect(outcome == expected[image], "image \(image): \(comment)")
            #expect(images.isSettled(image), "\(comment)")
            let failed = outcome.status != CK_TD_OK.rawValue
            #expect(images[image].error_layer == (failed ? 5 : -1))
            guard !failed else { continue }
            for (tensor, input) in inputs.enumerated() {
                let same = input.values(image: image) == input.cpuValues(image: image)
                #expect(same, "tensor \(tensor), image \(image): \(comment)")
                #expect(input.isTouched(image: image), "\(comment)")
                #expect(input.absolute[image] == input.cpu[image].absolute, "\(comment)")
            }
        }
    }
}
