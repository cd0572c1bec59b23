import CKernels
import SelectiveTuning

/// The gating of a batch at a read-out, as the kernels take it, and what the host would list of it.
struct ReadOutCase {
    let gating: DeviceGating
    let images: DeviceImages
    /// Of each image, in ascending order.
    private(set) var entries: [[ReadOutMap.Entry]] = []

    /// Any shape: the kernels change their ways at 32 and 496 channels, and at 1,024 they read a cell's bits in two steps.
    init(_ numbers: inout TestNumbers) {
        let shapes = [
            (1...1, 1...1, 1...200), (1...2, 1...300, 1...8), (1...300, 1...2, 1...8), (1...14, 1...14, 1...90),
            (1...9, 1...40, 1...33), (1...3, 1...3, 480...510), (1...2, 1...3, 980...1_100),
        ]
        let (heights, widths, channels) = numbers.one(of: shapes)
        self.init(
            batch: numbers.within(1...3), height: numbers.within(heights), width: numbers.within(widths),
            channels: numbers.one(of: [
                numbers.within(channels), min(max(32, channels.lowerBound), channels.upperBound),
            ]),
            &numbers)
    }

    /// Every value is there, above 0.
    init(full shape: (batch: Int, height: Int, width: Int, channels: Int), _ numbers: inout TestNumbers) {
        gating = DeviceGating(
            batch: shape.batch, height: shape.height, width: shape.width, channels: shape.channels)
        images = DeviceImages(batch: shape.batch)
        for image in 0..<shape.batch {
            for index in 0..<gating.count { gating.add(image: image, index: index, Int64(numbers.next() % 1_000) + 1) }
        }
        list()
    }

    private init(batch: Int, height: Int, width: Int, channels: Int, _ numbers: inout TestNumbers) {
        gating = DeviceGating(batch: batch, height: height, width: width, channels: channels)
        images = DeviceImages(batch: batch)
        for image in 0..<batch { fill(image, &numbers) }
        list()
    }

    private mutating func list() {
        for image in 0..<gating.batch {
            entries.append(
                gating.values(image: image).enumerated().compactMap { index, value in
                    value == 0 ? nil : ReadOutMap.Entry(index: Int32(index), value: value)
                })
        }
    }

    /// Of one image: none, one, few, nearly all, or whole cells with no other beside them; smooth, tied, huge; below 0.
    private func fill(_ image: Int, _ numbers: inout TestNumbers) {
        let share = numbers.one(of: [0, 1, 3, 40, 97, 100])
        let below = numbers.one(of: [0, 0, 20, 100])
        let only = numbers.below(gating.count)
        let size = numbers.below(4)
        for index in 0..<gating.count {
            guard
                share == 1 ? index == only : share == 3 ? index / gating.channels % 5 == 2 : numbers.below(100) < share
            else { continue }
            let value =
                switch size {
                case 0: Int64(numbers.next())
                case 1: Int64(numbers.within(1...2)) << 40
                // Sums that a double does not hold.
                case 2: Int64.max / Int64(gating.count) - Int64(numbers.below(8))
                default: Int64(1) << Int64(numbers.below(50))
                }
            gating.add(image: image, index: index, numbers.below(100) < below ? -value : value)
            // Touched, and 0 again.
            guard numbers.below(9) == 0 else { continue }
            gating.add(image: image, index: index, -gating.values(image: image, at: index))
        }
    }

    func map(_ image: Int) -> ReadOutMap {
        ReadOutMap(
            width: gating.width, height: gating.height, channels: gating.channels, entries: entries[image])
    }
}

/// The findings of a batch, in memory that held something else before.
final class DeviceFindings {
    let all: UnsafeMutableBufferPointer<ck_cuda_finding>

    /// `fresh`: as `rank` sets them up.
    init(batch: Int, fresh: Bool) {
        all = .allocate(capacity: batch)
        UnsafeMutableRawBufferPointer(all).initializeMemory(as: UInt8.self, repeating: 0x7B)
        DeviceMemory.add(all.baseAddress!, bytes: UnsafeRawBufferPointer(all).count)
        guard fresh else { return }
        for image in 0..<batch {
            all[image].entries = 0
            (all[image].first_column, all[image].last_column) = (-1, -1)
            (all[image].first_row, all[image].last_row) = (-1, -1)
        }
    }

    deinit {
        DeviceMemory.remove(all.baseAddress!)
        all.deallocate()
    }

    /// First and last column, first and last row.
    func cells(_ image: Int) -> [Int32] {
        let finding = all[image]
        return [finding.first_column, finding.last_column, finding.first_row, finding.last_row]
    }
}
