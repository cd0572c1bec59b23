import CKernels
import CUDAEmulation
import Testing

/// The list of a gating's values: each that is not 0 once, whatever their number.
@Suite struct ReadOutKernelTests {
    @Test(arguments: 0..<24) func everyValueThatIsNotZeroIsListedOnce(seed: Int) {
        var numbers = TestNumbers(seed)
        let gating = DeviceGating(
            batch: numbers.within(1...3), height: numbers.within(1...9), width: numbers.within(1...40),
            channels: numbers.one(of: [1, 3, 5, 33]))
        // None, few, nearly all.
        let share = numbers.one(of: [0, 1, 20, 95])
        var expected: [[Int64]] = []
        for image in 0..<gating.batch {
            for index in 0..<gating.count where numbers.below(100) < share {
                gating.add(image: image, index: index, Int64(numbers.next()) - 1 << 30)
                // Touched, and 0 again.
                if numbers.below(5) == 0 { gating.add(image: image, index: index, -gating.values(image: image)[index]) }
                let value = gating.values(image: image)[index]
                if value != 0 { expected.append([Int64(image), Int64(index), value]) }
            }
        }
        for device in Device.all {
            var (entries, count) = list(gating, device)
            entries.sort { ($0.image, $0.index) < ($1.image, $1.index) }
            #expect(count == expected.count)
            #expect(entries.map { [Int64($0.image), Int64($0.index), $0.value] } == expected)
        }
    }

    private func list(_ gating: DeviceGating, _ device: Device) -> ([ck_cuda_read_out_entry], Int) {
        var entries = [ck_cuda_read_out_entry](
            repeating: ck_cuda_read_out_entry(), count: gating.batch * gating.count)
        var count: UInt32 = 0
        entries.withUnsafeMutableBufferPointer { entries in
            withUnsafeMutablePointer(to: &count) { count in
                var call = ck_cuda_read_out(
                    gating: gating.call, entries: entries.baseAddress, count: count, batch: Int32(gating.batch))
                execute(
                    ck_cuda_read_out_launch(&call), call, device,
                    touching: [
                        UnsafeRawBufferPointer(entries),
                        UnsafeRawBufferPointer(UnsafeBufferPointer(start: count, count: 1)),
                    ])
            }
        }
        return (Array(entries.prefix(Int(count))), Int(count))
    }

    @Test(arguments: Device.pair(0)) func thePeakKernelRunsItsChains(device: Device) {
        let launch = ck_cuda_peak_launch(1)
        var output = [Float](repeating: .nan, count: Int(launch.grid_x * launch.block))
        output.withUnsafeMutableBufferPointer {
            execute(
                launch, ck_cuda_peak(output: $0.baseAddress, steps: 3, factor: 0.5, addend: 1), device,
                touching: [UnsafeRawBufferPointer($0)])
        }
        // Of chain c in thread t: (((t + c) / 2 + 1) / 2 + 1) / 2 + 1.
        for thread in [0, 1, 300] {
            var sum: Float = 0
            for chain in 0..<Int(CK_CUDA_PEAK_CHAINS) { sum += Float(thread + chain) / 8 + 1.75 }
            #expect(output[thread] == sum)
        }
        #expect(output.allSatisfy { $0.isFinite })
        #expect(ck_cuda_peak_operations(1, 3) == Double(output.count * Int(CK_CUDA_PEAK_CHAINS) * 3 * 2))
    }
}
