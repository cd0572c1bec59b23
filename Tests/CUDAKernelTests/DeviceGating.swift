import CKernels
import CUDAEmulation
import Testing

/// The gating of a tensor for the images of a batch, as the device and as the CPU have it.
final class DeviceGating {
    let batch, height, width, channels: Int
    let value: UnsafeMutableBufferPointer<Int64>
    let touched: UnsafeMutableBufferPointer<UInt32>
    let absolute: UnsafeMutableBufferPointer<UInt64>
    let cpu: UnsafeMutableBufferPointer<ck_gating>

    var count: Int { height * width * channels }
    private var words: Int { touched.count / batch }

    init(batch: Int, height: Int, width: Int, channels: Int) {
        (self.batch, self.height, self.width, self.channels) = (batch, height, width, channels)
        value = .allocate(capacity: batch * height * width * channels)
        value.initialize(repeating: 0)
        touched = .allocate(
            capacity: batch * Int(ck_cuda_gating_words(Int32(height), Int32(width), Int32(channels))))
        touched.initialize(repeating: 0)
        absolute = .allocate(capacity: batch)
        absolute.initialize(repeating: 0)
        for memory in [
            UnsafeRawBufferPointer(value), UnsafeRawBufferPointer(touched), UnsafeRawBufferPointer(absolute),
        ] { DeviceMemory.add(memory.baseAddress!, bytes: memory.count) }
        cpu = .allocate(capacity: batch)
        cpu.initialize(repeating: ck_gating())
        for image in 0..<batch {
            precondition(ck_gating_create(&cpu[image], Int32(height), Int32(width), Int32(channels)) == CK_TD_OK)
        }
    }

    deinit {
        for image in 0..<batch { ck_gating_destroy(&cpu[image]) }
        DeviceMemory.remove(value.baseAddress!)
        DeviceMemory.remove(touched.baseAddress!)
        DeviceMemory.remove(absolute.baseAddress!)
        value.deallocate()
        touched.deallocate()
        absolute.deallocate()
        cpu.deallocate()
    }

    /// What the kernels take.
    var call: ck_cuda_gating {
        ck_cuda_gating(
            value: value.baseAddress, touched: touched.baseAddress, absolute: absolute.baseAddress,
            height: Int32(height), width: Int32(width), channels: Int32(channels))
    }

    /// Adds to both, unless that is beyond the range.
    func add(image: Int, index: Int, _ addend: Int64) {
        guard ck_gating_add(&cpu[image], Int32(index), addend) == CK_TD_OK else { return }
        value[image * count + index] += addend
        touched[image * words + index / 32] |= 1 << UInt32(index % 32)
        absolute[image] += addend.magnitude
    }

    func values(image: Int) -> [Int64] { Array(value[image * count..<(image + 1) * count]) }

    func values(image: Int, at index: Int) -> Int64 { value[image * count + index] }

    func cpuValues(image: Int) -> [Int64] { (0..<count).map { cpu[image].value[$0] } }

    /// Whether every value that is not 0 would be found by who looks for it.
    func isTouched(image: Int) -> Bool {
        (0..<count).allSatisfy {
            value[image * count + $0] == 0 || touched[image * words + $0 / 32] >> UInt32($0 % 32) & 1 == 1
        }
    }

    var isClear: Bool {
        value.allSatisfy { $0 == 0 } && touched.allSatisfy { $0 == 0 } && absolute.allSatisfy { $0 == 0 }
    }

    /// Clears the device's.
    func clear(_ device: Device) {
        var clear = ck_cuda_td_clear(gating: call, batch: Int32(batch))
        execute(ck_cuda_td_clear_launch(&clear, 2), clear, device)
    }
}

/// The state of each image of a batch.
final class DeviceImages {
    let images: UnsafeMutableBufferPointer<ck_cuda_td_image>

    init(batch: Int) {
        images = .allocate(capacity: batch)
        var fresh = ck_cuda_td_image()
        (fresh.error_unit, fresh.error_layer, fresh.layer_error) = (-1, -1, .max)
        images.initialize(repeating: fresh)
        DeviceMemory.add(images.baseAddress!, bytes: UnsafeRawBufferPointer(images).count)
    }

    deinit {
        DeviceMemory.remove(images.baseAddress!)
        images.deallocate()
    }

    subscript(image: Int) -> ck_cuda_td_image {
        get { images[image] }
        set { images[image] = newValue }
    }

    func finish(
        output: DeviceGating, input: DeviceGating, hasUnits: Bool, layer: Int, _ device: Device
    ) {
        var finish = ck_cuda_td_finish(
            output_gating: output.call, input_gating: input.call, has_units: hasUnits ? 1 : 0, layer: Int32(layer),
            images: images.baseAddress, batch: Int32(images.count))
        execute(ck_cuda_td_finish_launch(&finish), finish, device)
    }

    /// Whether nothing of a layer is left for the next one.
    func isSettled(_ image: Int) -> Bool {
        let state = images[image]
        return state.overflow == 0 && state.layer_absolute == 0 && state.layer_dropped == 0
            && state.layer_error == .max
    }
}

/// The statistics and the outcome of one image, from either side.
struct TopDownOutcome: Equatable {
    var status: UInt32
    var errorUnit: Int32
    /// Active units, products, dropped units, dropped mass, ties, ineligible components.
    var counts: [Int64]

    init(_ status: ck_td_status, _ stats: ck_td_stats) {
        self.status = status.rawValue
        errorUnit = status == CK_TD_OK ? -1 : stats.error_unit
        counts = [
            stats.active_units, stats.products, stats.dropped_units, stats.dropped_mass, stats.ties, stats.ineligible,
        ]
    }

    init(_ image: ck_cuda_td_image) {
        status = UInt32(image.status)
        errorUnit = image.error_unit
        counts = [
            image.active_units, image.products, image.dropped_units, image.dropped_mass, image.ties, image.ineligible,
        ].map { Int64(bitPattern: $0) }
    }
}
